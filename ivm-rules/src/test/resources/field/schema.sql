-- A wholesale business (the tables of TPC-H) and an auction house (the streams of Nexmark), with columns named anew.

CREATE TABLE region (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE nation (id int PRIMARY KEY, name text NOT NULL, region int NOT NULL);
CREATE TABLE supplier (id int PRIMARY KEY, name text NOT NULL, address text, nation int NOT NULL, phone text, balance numeric(15,2) NOT NULL, remark text);
CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, address text, nation int NOT NULL, phone text NOT NULL, balance numeric(15,2) NOT NULL, segment char(10), remark text);
CREATE TABLE part (id int PRIMARY KEY, name text NOT NULL, maker char(25), brand char(10) NOT NULL, kind varchar(25) NOT NULL, size int NOT NULL, container char(10), price numeric(15,2));
CREATE TABLE offer (part int, supplier int, available int NOT NULL, cost numeric(15,2) NOT NULL, PRIMARY KEY (part, supplier));
CREATE TABLE purchase (id bigint PRIMARY KEY, customer int NOT NULL, status char(1), total numeric(15,2) NOT NULL, placed date NOT NULL, priority char(15) NOT NULL, remark text);
CREATE TABLE line (purchase bigint, number int, part int NOT NULL, supplier int NOT NULL, quantity numeric(15,2) NOT NULL, price numeric(15,2) NOT NULL, discount numeric(15,2) NOT NULL, tax numeric(15,2) NOT NULL, returned char(1) NOT NULL, status char(1) NOT NULL, shipped date NOT NULL, promised date NOT NULL, received date NOT NULL, instruction char(25), carrier char(10), PRIMARY KEY (purchase, number));

CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email text, city text, state text, joined timestamp NOT NULL);
CREATE TABLE auction (id bigint PRIMARY KEY, item text, description text, initial bigint, reserve bigint, opened timestamp NOT NULL, closes timestamp NOT NULL, seller bigint NOT NULL, category int NOT NULL);
CREATE TABLE bid (auction bigint NOT NULL, bidder bigint NOT NULL, price bigint NOT NULL, channel text, url text, placed timestamp NOT NULL);
CREATE TABLE house (key int PRIMARY KEY, value text);

INSERT INTO region SELECT i, (ARRAY['NORTH', 'SOUTH', 'EAST'])[i] FROM generate_series(1, 3) i;
INSERT INTO nation SELECT i, 'NATION ' || i, 1 + i % 3 FROM generate_series(1, 6) i;
INSERT INTO supplier SELECT i, 'S' || i, 'street ' || i, 1 + i % 6, '1' || i || '-55', i * 10, CASE WHEN i % 4 = 0 THEN 'many Complaints seen' END FROM generate_series(1, 12) i;
INSERT INTO customer SELECT i, 'C' || i, 'road ' || i, 1 + i % 6, (10 + i % 5) || '-77', i * 7 - 20, 'GARDEN', NULL FROM generate_series(1, 15) i;
INSERT INTO part SELECT i, CASE WHEN i % 2 = 0 THEN 'dark olive' ELSE 'light rose' END, 'M' || i % 3, 'B#' || i % 4, CASE WHEN i % 3 = 0 THEN 'PROMO TIN' ELSE 'SMALL BRASS' END, 1 + i % 9, 'BOX', i FROM generate_series(1, 20) i;
INSERT INTO offer SELECT i, 1 + (i + j) % 12, i * j, i + j FROM generate_series(1, 20) i, generate_series(1, 3) j;
INSERT INTO purchase SELECT i, 1 + i % 12, (ARRAY['F', 'O'])[1 + i % 2], i * 100, date '2001-01-01' + i * 20, (ARRAY['1-HIGH', '5-LOW'])[1 + i % 2], NULL FROM generate_series(1, 40) i;
INSERT INTO line SELECT i, j, 1 + (i * j) % 20, 1 + (i + j) % 12, 1 + (i * j) % 50, i * 10, 0.05, 0.02, (ARRAY['N', 'R'])[1 + i % 2], (ARRAY['F', 'O'])[1 + j % 2], date '2001-01-05' + i * 20 + j, date '2001-01-08' + i * 20, date '2001-01-04' + i * 20 + 2 * j, 'HAND OVER', (ARRAY['RAIL', 'SHIP'])[1 + i % 2] FROM generate_series(1, 40) i, generate_series(1, 4) j;
INSERT INTO person SELECT i, 'P' || i, 'p' || i || '@example.org', 'town', (ARRAY['OR', 'ID', 'TX'])[1 + i % 3], timestamp '2020-01-01' + i * interval '1 hour' FROM generate_series(1, 9) i;
INSERT INTO auction SELECT i, 'item ' || i, '', i, 2 * i, timestamp '2020-01-01' + i * interval '1 hour', timestamp '2020-01-03' + i * interval '1 hour', 1 + i % 9, 10 + i % 3 FROM generate_series(1, 12) i;
INSERT INTO bid SELECT 1 + i % 12, 1 + i % 9, (i * 37) % 1000, (ARRAY['web', 'app'])[1 + i % 2], 'https://x.example/a/b' || i || '/c', timestamp '2020-01-02' + i * interval '1 hour' FROM generate_series(1, 60) i;
INSERT INTO house SELECT i, 'v' || i FROM generate_series(0, 4) i;
