--
-- PostgreSQL database dump
--

\restrict x

-- Dumped from database version 17.11
-- Dumped by pg_dump version 17.11

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: Odd Schema; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA "Odd Schema";


--
-- Name: shop; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA shop;


--
-- Name: nocase; Type: COLLATION; Schema: shop; Owner: -
--

CREATE COLLATION shop.nocase (provider = icu, deterministic = false, locale = 'und-u-ks-level2');


--
-- Name: mood; Type: TYPE; Schema: shop; Owner: -
--

CREATE TYPE shop.mood AS ENUM (
    'sad',
    'ok',
    'happy'
);


--
-- Name: address; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.address AS (
	street text,
	zip character varying(5),
	moods shop.mood[]
);


--
-- Name: price; Type: DOMAIN; Schema: shop; Owner: -
--

CREATE DOMAIN shop.price AS numeric(12,2) NOT NULL DEFAULT 0
	CONSTRAINT price_check CHECK ((VALUE >= (0)::numeric));


--
-- Name: small_price; Type: DOMAIN; Schema: shop; Owner: -
--

CREATE DOMAIN shop.small_price AS shop.price DEFAULT 0
	CONSTRAINT small_price_check CHECK (((VALUE)::numeric < (100)::numeric));


--
-- Name: tag; Type: DOMAIN; Schema: shop; Owner: -
--

CREATE DOMAIN shop.tag AS text COLLATE shop.nocase;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: Odd "Table"; Type: TABLE; Schema: Odd Schema; Owner: -
--

CREATE TABLE "Odd Schema"."Odd ""Table""" (
    "Key" uuid NOT NULL,
    "Öre" integer NOT NULL,
    _mood integer
);


--
-- Name: _mood; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop._mood (
    a shop.mood
);


--
-- Name: customers; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop.customers (
    id bigint NOT NULL,
    email character varying(120) NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    nick text COLLATE shop.nocase,
    home public.address,
    homes public.address[],
    feeling shop.mood DEFAULT 'ok'::shop.mood NOT NULL,
    labels shop.tag,
    since timestamp(3) with time zone DEFAULT now() NOT NULL,
    born date,
    wakes time(0) with time zone,
    span interval day to second(3),
    flags bit(4),
    more_flags bit varying(8),
    initial character(1),
    initials character(3),
    kind "char",
    doc jsonb DEFAULT '{}'::jsonb NOT NULL,
    score real,
    weight double precision,
    half real,
    whole double precision,
    exact numeric(6,0),
    anything numeric,
    owner name,
    ip inet,
    span_of int4range,
    spans int4multirange,
    tags text[] DEFAULT ARRAY[]::text[] NOT NULL,
    grid integer[],
    amounts numeric(10,2)[],
    "Mixed Case" integer,
    late integer,
    CONSTRAINT "customers_Mixed Case_check" CHECK (("Mixed Case" > 0))
);


--
-- Name: all_customers; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.all_customers AS
 SELECT id,
    email,
    name,
    nick,
    home,
    homes,
    feeling,
    labels,
    since,
    born,
    wakes,
    span,
    flags,
    more_flags,
    initial,
    initials,
    kind,
    doc,
    score,
    weight,
    half,
    whole,
    exact,
    anything,
    owner,
    ip,
    span_of,
    spans,
    tags,
    grid,
    amounts,
    "Mixed Case"
   FROM shop.customers;


--
-- Name: orders; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop.orders (
    id integer NOT NULL,
    customer_id bigint NOT NULL,
    cost shop.price,
    discount shop.small_price,
    total numeric(14,4) GENERATED ALWAYS AS (((cost)::numeric * (2)::numeric)) STORED,
    placed timestamp without time zone NOT NULL,
    customer shop.customers,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT orders_id_check CHECK ((id > 0))
);

ALTER TABLE ONLY shop.orders REPLICA IDENTITY FULL;


--
-- Name: TABLE orders; Type: COMMENT; Schema: shop; Owner: -
--

COMMENT ON TABLE shop.orders IS 'what was bought; and by whom';


--
-- Name: big_orders; Type: MATERIALIZED VIEW; Schema: shop; Owner: -
--

CREATE MATERIALIZED VIEW shop.big_orders AS
 SELECT id,
    customer_id,
    cost,
    discount,
    total,
    placed,
    customer,
    note
   FROM shop.orders
  WHERE (total > (1000)::numeric)
  WITH NO DATA;


--
-- Name: customers_id_seq; Type: SEQUENCE; Schema: shop; Owner: -
--

CREATE SEQUENCE shop.customers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: customers_id_seq; Type: SEQUENCE OWNED BY; Schema: shop; Owner: -
--

ALTER SEQUENCE shop.customers_id_seq OWNED BY shop.customers.id;


--
-- Name: events; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop.events (
    at timestamp with time zone NOT NULL,
    id bigint NOT NULL,
    payload jsonb NOT NULL,
    source text DEFAULT 'web'::text NOT NULL
)
PARTITION BY RANGE (at);


--
-- Name: events_2025; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop.events_2025 (
    at timestamp with time zone NOT NULL,
    id bigint NOT NULL,
    payload jsonb NOT NULL,
    source text DEFAULT 'web'::text NOT NULL
);


--
-- Name: events_2026; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop.events_2026 (
    at timestamp with time zone NOT NULL,
    id bigint NOT NULL,
    payload jsonb NOT NULL,
    source text DEFAULT 'web'::text NOT NULL
)
PARTITION BY LIST (id);


--
-- Name: events_2026_1; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop.events_2026_1 (
    at timestamp with time zone NOT NULL,
    id bigint NOT NULL,
    payload jsonb NOT NULL,
    source text DEFAULT 'web'::text NOT NULL
);


--
-- Name: events_2027; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop.events_2027 (
    at timestamp with time zone NOT NULL,
    id bigint NOT NULL,
    payload jsonb NOT NULL,
    source text DEFAULT 'web'::text NOT NULL
);


--
-- Name: loose; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop.loose (
    a integer,
    b integer NOT NULL,
    c integer NOT NULL
);


--
-- Name: no_key; Type: TABLE; Schema: shop; Owner: -
--

CREATE TABLE shop.no_key (
    a integer,
    b text,
    c integer
);

ALTER TABLE ONLY shop.no_key REPLICA IDENTITY NOTHING;


--
-- Name: order_totals; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.order_totals AS
 SELECT o.customer_id,
    c.name,
    sum(o.total) AS total,
    count(*) AS count,
    'x'::text AS constant
   FROM (shop.orders o
     JOIN shop.customers c ON ((c.id = o.customer_id)))
  GROUP BY o.customer_id, c.name;


--
-- Name: orders_id_seq; Type: SEQUENCE; Schema: shop; Owner: -
--

ALTER TABLE shop.orders ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shop.orders_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: renamed; Type: VIEW; Schema: shop; Owner: -
--

CREATE VIEW shop.renamed AS
 SELECT id AS one,
    feeling AS two,
    labels,
    home,
    1.5 AS three
   FROM shop.customers
  WHERE (name IS NOT NULL);


--
-- Name: events_2025; Type: TABLE ATTACH; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.events ATTACH PARTITION shop.events_2025 FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2026-01-01 00:00:00+00');


--
-- Name: events_2026; Type: TABLE ATTACH; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.events ATTACH PARTITION shop.events_2026 FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: events_2026_1; Type: TABLE ATTACH; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.events_2026 ATTACH PARTITION shop.events_2026_1 FOR VALUES IN ('1');


--
-- Name: events_2027; Type: TABLE ATTACH; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.events ATTACH PARTITION shop.events_2027 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2028-01-01 00:00:00+00');


--
-- Name: customers id; Type: DEFAULT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.customers ALTER COLUMN id SET DEFAULT nextval('shop.customers_id_seq'::regclass);


--
-- Name: Odd "Table" odd_key; Type: CONSTRAINT; Schema: Odd Schema; Owner: -
--

ALTER TABLE ONLY "Odd Schema"."Odd ""Table"""
    ADD CONSTRAINT odd_key PRIMARY KEY ("Key");

ALTER TABLE ONLY "Odd Schema"."Odd ""Table""" REPLICA IDENTITY USING INDEX odd_key;


--
-- Name: customers born_unique; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.customers
    ADD CONSTRAINT born_unique UNIQUE (born);


--
-- Name: customers customers_email_key; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.customers
    ADD CONSTRAINT customers_email_key UNIQUE (email);


--
-- Name: customers customers_id_since_key; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.customers
    ADD CONSTRAINT customers_id_since_key UNIQUE (id, since) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: customers customers_name_since_key; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.customers
    ADD CONSTRAINT customers_name_since_key UNIQUE (name, since);


--
-- Name: customers customers_pkey; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (id);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id, at);


--
-- Name: events_2025 events_2025_pkey; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.events_2025
    ADD CONSTRAINT events_2025_pkey PRIMARY KEY (id, at);


--
-- Name: events_2026 events_2026_pkey; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.events_2026
    ADD CONSTRAINT events_2026_pkey PRIMARY KEY (id, at);


--
-- Name: events_2026_1 events_2026_1_pkey; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.events_2026_1
    ADD CONSTRAINT events_2026_1_pkey PRIMARY KEY (id, at);


--
-- Name: events_2027 events_2027_pkey; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.events_2027
    ADD CONSTRAINT events_2027_pkey PRIMARY KEY (id, at);


--
-- Name: loose loose_a_key; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.loose
    ADD CONSTRAINT loose_a_key UNIQUE (a);


--
-- Name: loose loose_c_key; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.loose
    ADD CONSTRAINT loose_c_key UNIQUE (c);


--
-- Name: loose loose_pkey; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.loose
    ADD CONSTRAINT loose_pkey PRIMARY KEY (b) DEFERRABLE;


--
-- Name: no_key no_key_b_key; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.no_key
    ADD CONSTRAINT no_key_b_key UNIQUE (b);


--
-- Name: no_key no_key_c_key; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.no_key
    ADD CONSTRAINT no_key_c_key UNIQUE NULLS NOT DISTINCT (c);


--
-- Name: orders orders_note_key; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.orders
    ADD CONSTRAINT orders_note_key UNIQUE (note);


--
-- Name: orders orders_pk; Type: CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.orders
    ADD CONSTRAINT orders_pk PRIMARY KEY (customer_id, id);


--
-- Name: big_orders_customer_id_id_idx; Type: INDEX; Schema: shop; Owner: -
--

CREATE UNIQUE INDEX big_orders_customer_id_id_idx ON shop.big_orders USING btree (customer_id, id);


--
-- Name: events_source_id_at_idx; Type: INDEX; Schema: shop; Owner: -
--

CREATE UNIQUE INDEX events_source_id_at_idx ON ONLY shop.events USING btree (source, id, at);


--
-- Name: events_2025_source_id_at_idx; Type: INDEX; Schema: shop; Owner: -
--

CREATE UNIQUE INDEX events_2025_source_id_at_idx ON shop.events_2025 USING btree (source, id, at);


--
-- Name: events_2026_source_id_at_idx; Type: INDEX; Schema: shop; Owner: -
--

CREATE UNIQUE INDEX events_2026_source_id_at_idx ON ONLY shop.events_2026 USING btree (source, id, at);


--
-- Name: events_2026_1_source_id_at_idx; Type: INDEX; Schema: shop; Owner: -
--

CREATE UNIQUE INDEX events_2026_1_source_id_at_idx ON shop.events_2026_1 USING btree (source, id, at);


--
-- Name: events_2027_source_id_at_idx; Type: INDEX; Schema: shop; Owner: -
--

CREATE UNIQUE INDEX events_2027_source_id_at_idx ON shop.events_2027 USING btree (source, id, at);


--
-- Name: orders_lower_idx; Type: INDEX; Schema: shop; Owner: -
--

CREATE UNIQUE INDEX orders_lower_idx ON shop.orders USING btree (lower(note));


--
-- Name: orders_note_idx; Type: INDEX; Schema: shop; Owner: -
--

CREATE UNIQUE INDEX orders_note_idx ON shop.orders USING btree (note) WHERE (id > 5);


--
-- Name: orders_note_placed; Type: INDEX; Schema: shop; Owner: -
--

CREATE UNIQUE INDEX orders_note_placed ON shop.orders USING btree (placed, note) INCLUDE (cost);


--
-- Name: orders_placed_idx; Type: INDEX; Schema: shop; Owner: -
--

CREATE INDEX orders_placed_idx ON shop.orders USING btree (placed);


--
-- Name: events_2025_pkey; Type: INDEX ATTACH; Schema: shop; Owner: -
--

ALTER INDEX shop.events_pkey ATTACH PARTITION shop.events_2025_pkey;


--
-- Name: events_2025_source_id_at_idx; Type: INDEX ATTACH; Schema: shop; Owner: -
--

ALTER INDEX shop.events_source_id_at_idx ATTACH PARTITION shop.events_2025_source_id_at_idx;


--
-- Name: events_2026_1_pkey; Type: INDEX ATTACH; Schema: shop; Owner: -
--

ALTER INDEX shop.events_2026_pkey ATTACH PARTITION shop.events_2026_1_pkey;


--
-- Name: events_2026_1_source_id_at_idx; Type: INDEX ATTACH; Schema: shop; Owner: -
--

ALTER INDEX shop.events_2026_source_id_at_idx ATTACH PARTITION shop.events_2026_1_source_id_at_idx;


--
-- Name: events_2026_pkey; Type: INDEX ATTACH; Schema: shop; Owner: -
--

ALTER INDEX shop.events_pkey ATTACH PARTITION shop.events_2026_pkey;


--
-- Name: events_2026_source_id_at_idx; Type: INDEX ATTACH; Schema: shop; Owner: -
--

ALTER INDEX shop.events_source_id_at_idx ATTACH PARTITION shop.events_2026_source_id_at_idx;


--
-- Name: events_2027_pkey; Type: INDEX ATTACH; Schema: shop; Owner: -
--

ALTER INDEX shop.events_pkey ATTACH PARTITION shop.events_2027_pkey;


--
-- Name: events_2027_source_id_at_idx; Type: INDEX ATTACH; Schema: shop; Owner: -
--

ALTER INDEX shop.events_source_id_at_idx ATTACH PARTITION shop.events_2027_source_id_at_idx;


--
-- Name: orders orders_customer_id_fkey; Type: FK CONSTRAINT; Schema: shop; Owner: -
--

ALTER TABLE ONLY shop.orders
    ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES shop.customers(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;


--
-- Name: TABLE orders; Type: ACL; Schema: shop; Owner: -
--

GRANT SELECT ON TABLE shop.orders TO PUBLIC;


--
-- PostgreSQL database dump complete
--

\unrestrict x

