-- SELECT p.kind, count(*) AS n
-- FROM orders o
-- JOIN products p ON p.id < o.id
-- GROUP BY p.kind

stream table public.summary
mode         DIFFERENTIAL
keeps        groups by their keys, merged in place
reads        public.orders, distributed by customer_id in co-location group 7
reads        public.products, distributed by id in co-location group 10

-- To create it:
CREATE TABLE public.summary (
    kind text,
    n bigint
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (kind) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_k1 text,
    __pgt_n bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;
CREATE TABLE pgtrickle_state.summary_c7d2017f_terms (
    kind text,
    __pgt_weight integer
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_terms REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the table from the query. [repartition]
INSERT INTO public.summary (kind, n)
SELECT query.kind, query.n
FROM (
SELECT p.kind, count(*) AS n
FROM (
  SELECT id
  FROM public.orders
  OFFSET 0
) moved
  JOIN public.products p ON p.id < moved.id
GROUP BY p.kind
) AS query (kind, n);

-- When public.orders has changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of orders, on every node, with products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, __pgt_weight)
SELECT p.kind, moved.__pgt_weight
FROM (
  SELECT orders_delta.id, orders_delta.__pgt_weight
  FROM pgtrickle_changes.orders_4ebb45ac orders_delta
  WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.products p ON p.id < moved.id;
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0)
FROM (
    SELECT terms.kind AS __pgt_k1, terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (kind, n)
SELECT changed.__pgt_k1, changed.__pgt_n
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (kind) DO UPDATE SET n = kept.n + EXCLUDED.n;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.kind = changed.__pgt_k1
  AND kept.n = 0;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.kind IS NULL
  AND changed.__pgt_k1 IS NULL
  AND kept.n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.products has changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of products, on every node, with orders. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, __pgt_weight)
SELECT moved.kind, moved.__pgt_weight
FROM (
  SELECT products_delta.id AS id_2, products_delta.kind, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.orders o ON moved.id_2 < o.id;
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0)
FROM (
    SELECT terms.kind AS __pgt_k1, terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (kind, n)
SELECT changed.__pgt_k1, changed.__pgt_n
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (kind) DO UPDATE SET n = kept.n + EXCLUDED.n;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.kind = changed.__pgt_k1
  AND kept.n = 0;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.kind IS NULL
  AND changed.__pgt_k1 IS NULL
  AND kept.n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.orders and public.products have changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of orders, on every node, with products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, __pgt_weight)
SELECT p.kind, moved.__pgt_weight
FROM (
  SELECT orders_delta.id, orders_delta.__pgt_weight
  FROM pgtrickle_changes.orders_4ebb45ac orders_delta
  WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.products p ON p.id < moved.id;
-- Join the changes of products, on every node, with orders. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, __pgt_weight)
SELECT moved.kind, moved.__pgt_weight
FROM (
  SELECT products_delta.id AS id_2, products_delta.kind, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.orders o ON moved.id_2 < o.id;
-- Join the changes of products, on every node, with orders, less what is new in orders. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, __pgt_weight)
SELECT moved.kind, -(moved.__pgt_weight * orders_delta.__pgt_weight) AS __pgt_weight
FROM (
  SELECT products_delta.id AS id_2, products_delta.kind, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN pgtrickle_changes.orders_4ebb45ac orders_delta ON moved.id_2 < orders_delta.id
WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch;
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0)
FROM (
    SELECT terms.kind AS __pgt_k1, terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (kind, n)
SELECT changed.__pgt_k1, changed.__pgt_n
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (kind) DO UPDATE SET n = kept.n + EXCLUDED.n;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.kind = changed.__pgt_k1
  AND kept.n = 0;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.kind IS NULL
  AND changed.__pgt_k1 IS NULL
  AND kept.n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.kind, stored.n, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.kind, query.n, -1
        FROM (
SELECT p.kind, count(*) AS n
FROM (
  SELECT id
  FROM public.orders
  OFFSET 0
) moved
  JOIN public.products p ON p.id < moved.id
GROUP BY p.kind
) AS query (kind, n)
    ) AS both_sides (c1, c2, weight)
    GROUP BY c1, c2
    HAVING sum(both_sides.weight) <> 0
) AS difference;
