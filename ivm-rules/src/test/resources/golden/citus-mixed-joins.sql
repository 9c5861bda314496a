-- SELECT c.region, p.title, count(*) AS n, max(o.amount) AS most
-- FROM orders o
-- JOIN customers c ON c.id = o.customer_id
-- JOIN events e ON e.kind = o.note
-- JOIN products p ON p.kind = c.name
-- GROUP BY c.region, p.title

stream table public.summary
mode         DIFFERENTIAL
keeps        groups by their keys, merged in place
reads        public.orders, distributed by customer_id in co-location group 7
reads        public.customers, distributed by id in co-location group 7
reads        public.events, distributed by kind in co-location group 8
reads        public.products, distributed by id in co-location group 10

-- To create it:
CREATE TABLE public.summary (
    region integer,
    title text,
    n bigint,
    most numeric
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (region, title) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_k1 integer,
    __pgt_k2 text,
    __pgt_n bigint,
    __pgt_m1 numeric(10,2),
    __pgt_m1_lost numeric(10,2)
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;
CREATE TABLE pgtrickle_state.summary_c7d2017f_terms (
    region integer,
    title text,
    amount numeric(10,2),
    __pgt_weight integer
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_terms REPLICA IDENTITY FULL;
CREATE TABLE pgtrickle_state.summary_c7d2017f_moved_1 (
    __pgt_to text,
    amount numeric(10,2),
    name text,
    region integer,
    title text,
    __pgt_k2 text,
    __pgt_weight integer
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_moved_1 REPLICA IDENTITY FULL;
SELECT create_distributed_table('pgtrickle_state.summary_c7d2017f_moved_1', '__pgt_to', colocate_with => 'public.events');

-- To fill it:
-- Fill the table from the query. [repartition]
INSERT INTO public.summary (region, title, n, most)
SELECT query.region, query.title, query.n, query.most
FROM (
SELECT c.region, p.title, count(*) AS n, max(o.amount) AS most
FROM orders o
JOIN customers c ON c.id = o.customer_id
JOIN events e ON e.kind = o.note
JOIN products p ON p.kind = c.name
GROUP BY c.region, p.title
) AS query (region, title, n, most);

-- When public.orders has changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of orders with customers and send the rows to the shards of events. [shuffle]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_weight)
SELECT
  orders_delta.note AS __pgt_to,
  orders_delta.amount,
  c.name,
  c.region,
  orders_delta.__pgt_weight
FROM pgtrickle_changes.orders_4ebb45ac orders_delta
  JOIN public.customers c ON c.id = orders_delta.customer_id
WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch AND orders_delta.note IS NOT NULL;
-- Join the changes of orders, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_k2, __pgt_n, __pgt_m1, __pgt_m1_lost)
SELECT delta.__pgt_k1,
       delta.__pgt_k2,
       coalesce(sum(delta.__pgt_weight), 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight > 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight < 0)
FROM (
    SELECT
      terms.region AS __pgt_k1,
      terms.title AS __pgt_k2,
      terms.amount AS __pgt_a1,
      terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.__pgt_k1, delta.__pgt_k2;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT changed.__pgt_k1, changed.__pgt_k2, changed.__pgt_n, changed.__pgt_m1
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (region, title) DO UPDATE SET n = kept.n + EXCLUDED.n,
    most = greatest(kept.most, EXCLUDED.most);
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region = changed.__pgt_k1
        AND kept.title = changed.__pgt_k2
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  OFFSET 0
) moved
  JOIN public.customers c ON c.region = moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title = moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region IS NOT DISTINCT FROM changed.__pgt_k1
        AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
        AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  WHERE stale.__pgt_k1 IS NULL OR stale.__pgt_k2 IS NULL
  OFFSET 0
) moved
  JOIN public.customers c ON c.region IS NOT DISTINCT FROM moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title IS NOT DISTINCT FROM moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region = changed.__pgt_k1
  AND kept.title = changed.__pgt_k2
  AND kept.n = 0;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region IS NOT DISTINCT FROM changed.__pgt_k1
  AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
  AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
  AND kept.n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers has changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of customers with orders and send the rows to the shards of events. [shuffle]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_weight)
SELECT
  o.note AS __pgt_to,
  o.amount,
  customers_delta.name,
  customers_delta.region,
  customers_delta.__pgt_weight
FROM pgtrickle_changes.customers_b9520287 customers_delta
  JOIN public.orders o ON customers_delta.id = o.customer_id
WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch AND o.note IS NOT NULL;
-- Join the changes of customers, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_k2, __pgt_n, __pgt_m1, __pgt_m1_lost)
SELECT delta.__pgt_k1,
       delta.__pgt_k2,
       coalesce(sum(delta.__pgt_weight), 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight > 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight < 0)
FROM (
    SELECT
      terms.region AS __pgt_k1,
      terms.title AS __pgt_k2,
      terms.amount AS __pgt_a1,
      terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.__pgt_k1, delta.__pgt_k2;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT changed.__pgt_k1, changed.__pgt_k2, changed.__pgt_n, changed.__pgt_m1
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (region, title) DO UPDATE SET n = kept.n + EXCLUDED.n,
    most = greatest(kept.most, EXCLUDED.most);
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region = changed.__pgt_k1
        AND kept.title = changed.__pgt_k2
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  OFFSET 0
) moved
  JOIN public.customers c ON c.region = moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title = moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region IS NOT DISTINCT FROM changed.__pgt_k1
        AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
        AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  WHERE stale.__pgt_k1 IS NULL OR stale.__pgt_k2 IS NULL
  OFFSET 0
) moved
  JOIN public.customers c ON c.region IS NOT DISTINCT FROM moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title IS NOT DISTINCT FROM moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region = changed.__pgt_k1
  AND kept.title = changed.__pgt_k2
  AND kept.n = 0;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region IS NOT DISTINCT FROM changed.__pgt_k1
  AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
  AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
  AND kept.n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.events has changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of events, on every node, with orders, customers, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT o.amount, c.name, c.region, moved.__pgt_weight
  FROM (
    SELECT events_delta.kind, events_delta.__pgt_weight
    FROM pgtrickle_changes.events_738146fc events_delta
    WHERE events_delta.__pgt_epoch > :__pgt_from_epoch
    OFFSET 0
  ) moved
    JOIN public.orders o ON moved.kind = o.note
    JOIN public.customers c ON c.id = o.customer_id
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name;
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_k2, __pgt_n, __pgt_m1, __pgt_m1_lost)
SELECT delta.__pgt_k1,
       delta.__pgt_k2,
       coalesce(sum(delta.__pgt_weight), 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight > 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight < 0)
FROM (
    SELECT
      terms.region AS __pgt_k1,
      terms.title AS __pgt_k2,
      terms.amount AS __pgt_a1,
      terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.__pgt_k1, delta.__pgt_k2;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT changed.__pgt_k1, changed.__pgt_k2, changed.__pgt_n, changed.__pgt_m1
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (region, title) DO UPDATE SET n = kept.n + EXCLUDED.n,
    most = greatest(kept.most, EXCLUDED.most);
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region = changed.__pgt_k1
        AND kept.title = changed.__pgt_k2
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  OFFSET 0
) moved
  JOIN public.customers c ON c.region = moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title = moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region IS NOT DISTINCT FROM changed.__pgt_k1
        AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
        AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  WHERE stale.__pgt_k1 IS NULL OR stale.__pgt_k2 IS NULL
  OFFSET 0
) moved
  JOIN public.customers c ON c.region IS NOT DISTINCT FROM moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title IS NOT DISTINCT FROM moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region = changed.__pgt_k1
  AND kept.title = changed.__pgt_k2
  AND kept.n = 0;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region IS NOT DISTINCT FROM changed.__pgt_k1
  AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
  AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
  AND kept.n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.products has changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of products, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, region, title, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.region, moved.title, moved.__pgt_weight
FROM (
  SELECT products_delta.title, products_delta.kind AS kind_2, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.customers c ON moved.kind_2 = c.name
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the changes of products with events. [two-phase]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, moved.title, moved.amount, moved.__pgt_weight
FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
  JOIN public.events e ON e.kind = moved.__pgt_to;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_k2, __pgt_n, __pgt_m1, __pgt_m1_lost)
SELECT delta.__pgt_k1,
       delta.__pgt_k2,
       coalesce(sum(delta.__pgt_weight), 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight > 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight < 0)
FROM (
    SELECT
      terms.region AS __pgt_k1,
      terms.title AS __pgt_k2,
      terms.amount AS __pgt_a1,
      terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.__pgt_k1, delta.__pgt_k2;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT changed.__pgt_k1, changed.__pgt_k2, changed.__pgt_n, changed.__pgt_m1
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (region, title) DO UPDATE SET n = kept.n + EXCLUDED.n,
    most = greatest(kept.most, EXCLUDED.most);
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region = changed.__pgt_k1
        AND kept.title = changed.__pgt_k2
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  OFFSET 0
) moved
  JOIN public.customers c ON c.region = moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title = moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region IS NOT DISTINCT FROM changed.__pgt_k1
        AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
        AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  WHERE stale.__pgt_k1 IS NULL OR stale.__pgt_k2 IS NULL
  OFFSET 0
) moved
  JOIN public.customers c ON c.region IS NOT DISTINCT FROM moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title IS NOT DISTINCT FROM moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region = changed.__pgt_k1
  AND kept.title = changed.__pgt_k2
  AND kept.n = 0;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region IS NOT DISTINCT FROM changed.__pgt_k1
  AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
  AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
  AND kept.n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers, public.events, public.orders and public.products have changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of orders with customers and send the rows to the shards of events. [shuffle]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_weight)
SELECT
  orders_delta.note AS __pgt_to,
  orders_delta.amount,
  c.name,
  c.region,
  orders_delta.__pgt_weight
FROM pgtrickle_changes.orders_4ebb45ac orders_delta
  JOIN public.customers c ON c.id = orders_delta.customer_id
WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch AND orders_delta.note IS NOT NULL;
-- Join the changes of orders, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Join the changes of customers with orders and send the rows to the shards of events. [shuffle]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_weight)
SELECT
  o.note AS __pgt_to,
  o.amount,
  customers_delta.name,
  customers_delta.region,
  customers_delta.__pgt_weight
FROM pgtrickle_changes.customers_b9520287 customers_delta
  JOIN public.orders o ON customers_delta.id = o.customer_id
WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch AND o.note IS NOT NULL;
-- Join the changes of customers with orders and send the rows to the shards of events, less what is new in orders. [shuffle]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_weight)
SELECT
  orders_delta.note AS __pgt_to,
  orders_delta.amount,
  customers_delta.name,
  customers_delta.region,
  -(customers_delta.__pgt_weight * orders_delta.__pgt_weight) AS __pgt_weight
FROM pgtrickle_changes.customers_b9520287 customers_delta
  JOIN pgtrickle_changes.orders_4ebb45ac orders_delta ON customers_delta.id = orders_delta.customer_id
WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
  AND orders_delta.__pgt_epoch > :__pgt_from_epoch
  AND orders_delta.note IS NOT NULL;
-- Join the changes of customers, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Join the changes of events, on every node, with orders, customers, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT o.amount, c.name, c.region, moved.__pgt_weight
  FROM (
    SELECT events_delta.kind, events_delta.__pgt_weight
    FROM pgtrickle_changes.events_738146fc events_delta
    WHERE events_delta.__pgt_epoch > :__pgt_from_epoch
    OFFSET 0
  ) moved
    JOIN public.orders o ON moved.kind = o.note
    JOIN public.customers c ON c.id = o.customer_id

  UNION ALL

  SELECT
    o.amount,
    customers_delta.name,
    customers_delta.region,
    -(moved.__pgt_weight * customers_delta.__pgt_weight) AS __pgt_weight
  FROM (
    SELECT events_delta.kind, events_delta.__pgt_weight
    FROM pgtrickle_changes.events_738146fc events_delta
    WHERE events_delta.__pgt_epoch > :__pgt_from_epoch
    OFFSET 0
  ) moved
    JOIN public.orders o ON moved.kind = o.note
    JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = o.customer_id
  WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch

  UNION ALL

  SELECT
    orders_delta.amount,
    c.name,
    c.region,
    -(moved.__pgt_weight * orders_delta.__pgt_weight) AS __pgt_weight
  FROM (
    SELECT events_delta.kind, events_delta.__pgt_weight
    FROM pgtrickle_changes.events_738146fc events_delta
    WHERE events_delta.__pgt_epoch > :__pgt_from_epoch
    OFFSET 0
  ) moved
    JOIN pgtrickle_changes.orders_4ebb45ac orders_delta ON moved.kind = orders_delta.note
    JOIN public.customers c ON c.id = orders_delta.customer_id
  WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch

  UNION ALL

  SELECT
    orders_delta.amount,
    customers_delta.name,
    customers_delta.region,
    -(-(moved.__pgt_weight * orders_delta.__pgt_weight) * customers_delta.__pgt_weight) AS __pgt_weight
  FROM (
    SELECT events_delta.kind, events_delta.__pgt_weight
    FROM pgtrickle_changes.events_738146fc events_delta
    WHERE events_delta.__pgt_epoch > :__pgt_from_epoch
    OFFSET 0
  ) moved
    JOIN pgtrickle_changes.orders_4ebb45ac orders_delta ON moved.kind = orders_delta.note
    JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = orders_delta.customer_id
  WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
    AND customers_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name;
-- Join the changes of products, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, region, title, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.region, moved.title, moved.__pgt_weight
FROM (
  SELECT products_delta.title, products_delta.kind AS kind_2, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.customers c ON moved.kind_2 = c.name
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the changes of products, on every node, with customers, orders and send the rows to the shards of events, less what is new in orders. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, region, title, __pgt_weight)
SELECT
  orders_delta.note AS __pgt_to,
  orders_delta.amount,
  c.region,
  moved.title,
  -(moved.__pgt_weight * orders_delta.__pgt_weight) AS __pgt_weight
FROM (
  SELECT products_delta.title, products_delta.kind AS kind_2, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.customers c ON moved.kind_2 = c.name
  JOIN pgtrickle_changes.orders_4ebb45ac orders_delta ON c.id = orders_delta.customer_id
WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch AND orders_delta.note IS NOT NULL;
-- Join the changes of products, on every node, with customers, orders and send the rows to the shards of events, less what is new in customers. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, region, title, __pgt_weight)
SELECT
  o.note AS __pgt_to,
  o.amount,
  customers_delta.region,
  moved.title,
  -(moved.__pgt_weight * customers_delta.__pgt_weight) AS __pgt_weight
FROM (
  SELECT products_delta.title, products_delta.kind AS kind_2, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN pgtrickle_changes.customers_b9520287 customers_delta ON moved.kind_2 = customers_delta.name
  JOIN public.orders o ON customers_delta.id = o.customer_id
WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch AND o.note IS NOT NULL;
-- Join the changes of products, on every node, with customers, orders and send the rows to the shards of events, less what is new in customers, orders. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, region, title, __pgt_weight)
SELECT
  orders_delta.note AS __pgt_to,
  orders_delta.amount,
  customers_delta.region,
  moved.title,
  -(-(moved.__pgt_weight * customers_delta.__pgt_weight) * orders_delta.__pgt_weight) AS __pgt_weight
FROM (
  SELECT products_delta.title, products_delta.kind AS kind_2, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN pgtrickle_changes.customers_b9520287 customers_delta ON moved.kind_2 = customers_delta.name
  JOIN pgtrickle_changes.orders_4ebb45ac orders_delta ON customers_delta.id = orders_delta.customer_id
WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
  AND orders_delta.__pgt_epoch > :__pgt_from_epoch
  AND orders_delta.note IS NOT NULL;
-- Join the changes of products with events. [two-phase]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, moved.title, moved.amount, moved.__pgt_weight
FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
  JOIN public.events e ON e.kind = moved.__pgt_to;
-- Join the changes of products with events, less what is new in events. [two-phase]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT
  moved.region,
  moved.title,
  moved.amount,
  -(moved.__pgt_weight * events_delta.__pgt_weight) AS __pgt_weight
FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
  JOIN pgtrickle_changes.events_738146fc events_delta ON events_delta.kind = moved.__pgt_to
WHERE events_delta.__pgt_epoch > :__pgt_from_epoch;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_k2, __pgt_n, __pgt_m1, __pgt_m1_lost)
SELECT delta.__pgt_k1,
       delta.__pgt_k2,
       coalesce(sum(delta.__pgt_weight), 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight > 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight < 0)
FROM (
    SELECT
      terms.region AS __pgt_k1,
      terms.title AS __pgt_k2,
      terms.amount AS __pgt_a1,
      terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.__pgt_k1, delta.__pgt_k2;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT changed.__pgt_k1, changed.__pgt_k2, changed.__pgt_n, changed.__pgt_m1
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (region, title) DO UPDATE SET n = kept.n + EXCLUDED.n,
    most = greatest(kept.most, EXCLUDED.most);
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region = changed.__pgt_k1
        AND kept.title = changed.__pgt_k2
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  OFFSET 0
) moved
  JOIN public.customers c ON c.region = moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title = moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the keys of these groups, on every node, with customers, orders and send the rows to the shards of events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, amount, name, region, __pgt_k2, __pgt_weight)
SELECT o.note AS __pgt_to, o.amount, c.name, c.region, moved.__pgt_k2, 1 AS __pgt_weight
FROM (
  SELECT stale.__pgt_k1, stale.__pgt_k2
  FROM (
    SELECT changed.__pgt_k1, changed.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f_delta AS changed
      JOIN public.summary AS kept ON kept.region IS NOT DISTINCT FROM changed.__pgt_k1
        AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
        AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
        AND kept.n > 0
        AND (changed.__pgt_m1_lost >= kept.most)
  ) stale
  WHERE stale.__pgt_k1 IS NULL OR stale.__pgt_k2 IS NULL
  OFFSET 0
) moved
  JOIN public.customers c ON c.region IS NOT DISTINCT FROM moved.__pgt_k1
  JOIN public.orders o ON c.id = o.customer_id
WHERE o.note IS NOT NULL;
-- Join the keys of these groups, on every node, with events, products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (region, title, amount, __pgt_weight)
SELECT moved.region, p.title, moved.amount, moved.__pgt_weight
FROM (
  SELECT moved.amount, moved.name, moved.region, moved.__pgt_k2, moved.__pgt_weight
  FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
    JOIN public.events e ON e.kind = moved.__pgt_to
  OFFSET 0
) moved
  JOIN public.products p ON p.kind = moved.name AND p.title IS NOT DISTINCT FROM moved.__pgt_k2;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [coordinator]
INSERT INTO public.summary AS kept (region, title, n, most)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT terms.region AS __pgt_k1, terms.title AS __pgt_k2, terms.amount AS __pgt_a1
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (region, title) DO UPDATE SET n = EXCLUDED.n,
    most = EXCLUDED.most;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region = changed.__pgt_k1
  AND kept.title = changed.__pgt_k2
  AND kept.n = 0;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region IS NOT DISTINCT FROM changed.__pgt_k1
  AND kept.title IS NOT DISTINCT FROM changed.__pgt_k2
  AND (changed.__pgt_k1 IS NULL OR changed.__pgt_k2 IS NULL)
  AND kept.n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.region, stored.title, stored.n, stored.most, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.region, query.title, query.n, query.most, -1
        FROM (
SELECT c.region, p.title, count(*) AS n, max(o.amount) AS most
FROM orders o
JOIN customers c ON c.id = o.customer_id
JOIN events e ON e.kind = o.note
JOIN products p ON p.kind = c.name
GROUP BY c.region, p.title
) AS query (region, title, n, most)
    ) AS both_sides (c1, c2, c3, c4, weight)
    GROUP BY c1, c2, c3, c4
    HAVING sum(both_sides.weight) <> 0
) AS difference;
