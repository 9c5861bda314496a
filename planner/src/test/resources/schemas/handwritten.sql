-- A schema as people write it.
DROP SCHEMA IF EXISTS shop CASCADE;
CREATE SCHEMA shop;
CREATE SCHEMA IF NOT EXISTS "Odd Schema";
SET search_path TO shop, public;

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE public.address AS (street text, zip varchar(5), moods mood[]);
CREATE DOMAIN price AS numeric(12, 2) DEFAULT 0 NOT NULL CHECK (VALUE >= 0);
CREATE DOMAIN small_price AS price CHECK (VALUE < 100);
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN tag AS text COLLATE nocase;

CREATE TABLE customers (
    id bigserial PRIMARY KEY,
    email varchar(120) NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL DEFAULT NULL::text,
    nick text COLLATE nocase,
    home address,
    homes address[],
    feeling mood NOT NULL DEFAULT 'ok'::mood,
    labels tag,
    since timestamptz(3) NOT NULL DEFAULT now(),
    born date,
    wakes time(0) with time zone,
    span interval day to second(3),
    flags bit(4),
    more_flags bit varying(8),
    initial char,
    initials character(3),
    kind "char",
    doc jsonb NOT NULL DEFAULT '{}',
    score real,
    weight double precision,
    half float(24),
    whole float(53),
    exact dec(6),
    anything numeric,
    owner name,
    ip inet,
    span_of int4range,
    spans int4multirange,
    tags text[] NOT NULL DEFAULT ARRAY[]::text[],
    grid integer[][],
    amounts numeric(10, 2)[3],
    UNIQUE (name, since),
    UNIQUE (id, since) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT born_unique UNIQUE (born)
);

CREATE TABLE IF NOT EXISTS customers (other int);

CREATE TABLE orders (
    id int GENERATED ALWAYS AS IDENTITY,
    customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    cost price,
    discount small_price,
    total numeric(14, 4) GENERATED ALWAYS AS (cost * 2) STORED,
    placed timestamp,
    customer customers,
    CONSTRAINT orders_pk PRIMARY KEY (customer_id, id),
    CHECK (id > 0)
);
ALTER TABLE orders REPLICA IDENTITY FULL, ALTER COLUMN placed SET NOT NULL, ADD COLUMN note text NOT NULL DEFAULT '' UNIQUE;
ALTER TABLE customers ADD COLUMN "Mixed Case" int, ADD CHECK ("Mixed Case" > 0);

CREATE UNIQUE INDEX orders_note_placed ON orders (placed, note) INCLUDE (cost);
CREATE UNIQUE INDEX ON orders (lower(note));
CREATE UNIQUE INDEX ON orders (note) WHERE id > 5;
CREATE INDEX ON orders (placed);

CREATE TABLE "Odd Schema"."Odd ""Table""" ("Key" uuid, "Öre" int NOT NULL, _mood int);
CREATE UNIQUE INDEX odd_index ON "Odd Schema"."Odd ""Table""" ("Key");
ALTER TABLE "Odd Schema"."Odd ""Table""" ADD CONSTRAINT odd_key PRIMARY KEY USING INDEX odd_index;
ALTER TABLE "Odd Schema"."Odd ""Table""" REPLICA IDENTITY USING INDEX odd_key;
CREATE TABLE _mood (a mood);
CREATE TABLE no_key (a int, b text UNIQUE, c int UNIQUE NULLS NOT DISTINCT);
ALTER TABLE no_key REPLICA IDENTITY NOTHING;
CREATE TABLE loose (a int NOT NULL UNIQUE, b int PRIMARY KEY DEFERRABLE, c int UNIQUE NOT DEFERRABLE NOT NULL);
ALTER TABLE loose ALTER COLUMN a DROP NOT NULL;

CREATE TABLE events (
    at timestamptz NOT NULL,
    id bigint NOT NULL,
    payload jsonb,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (id);
CREATE TABLE events_2026_1 PARTITION OF events_2026 FOR VALUES IN (1);
CREATE TABLE events_2027 (at timestamptz NOT NULL, id bigint NOT NULL, payload jsonb);
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
ALTER TABLE events ADD COLUMN source text NOT NULL DEFAULT 'web';
CREATE UNIQUE INDEX ON events (source, id, at);
ALTER TABLE events ALTER payload SET NOT NULL;

CREATE VIEW order_totals AS
    SELECT o.customer_id, c.name, sum(o.total) AS total, count(*), 'x' AS constant
      FROM orders o JOIN customers c ON c.id = o.customer_id
     GROUP BY o.customer_id, c.name;
CREATE VIEW all_customers AS SELECT * FROM customers;
CREATE VIEW renamed (one, two) AS SELECT id, feeling, labels FROM all_customers;
CREATE OR REPLACE VIEW renamed (one, two) AS SELECT id, feeling, labels, home, 1.5 AS three FROM customers WHERE name IS NOT NULL;
CREATE MATERIALIZED VIEW big_orders AS SELECT * FROM orders WHERE total > 1000 WITH NO DATA;
CREATE UNIQUE INDEX ON big_orders (customer_id, id);
ALTER TABLE customers ADD COLUMN late int;

COMMENT ON TABLE orders IS 'what was bought; and by whom';
GRANT SELECT ON orders TO PUBLIC;
