-- SELECT o.customer_id, o.id, p.id AS product
-- FROM orders o
-- JOIN products p ON p.title = o.note

stream table public.summary
mode         DIFFERENTIAL
keeps        rows by their key (customer_id, id, product)
distributed  by customer_id
reads        public.orders, distributed by customer_id in co-location group 7
reads        public.products, distributed by id in co-location group 10

-- To create it:
CREATE TABLE public.summary (
    customer_id integer,
    id integer,
    product bigint
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
SELECT create_distributed_table('public.summary', 'customer_id', colocate_with => 'public.orders');
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (customer_id, id, product) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    customer_id integer,
    id integer,
    product bigint,
    __pgt_weight bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;
SELECT create_distributed_table('pgtrickle_state.summary_c7d2017f_delta', 'customer_id', colocate_with => 'public.orders');
CREATE TABLE pgtrickle_state.summary_c7d2017f_terms (
    customer_id integer,
    id integer,
    product bigint,
    __pgt_weight integer
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_terms REPLICA IDENTITY FULL;
SELECT create_distributed_table('pgtrickle_state.summary_c7d2017f_terms', 'customer_id', colocate_with => 'public.orders');

-- To fill it:
-- Fill the table from the query. [repartition]
INSERT INTO public.summary (customer_id, id, product)
SELECT query.customer_id, query.id, query.product
FROM (
SELECT o.customer_id, o.id, p.id AS product
FROM orders o
JOIN products p ON p.title = o.note
) AS query (customer_id, id, product);

-- When public.orders has changed:
-- Empty the table of terms. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of orders, on every node, with products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (customer_id, id, product, __pgt_weight)
SELECT moved.customer_id, moved.id, p.id AS product, moved.__pgt_weight
FROM (
  SELECT orders_delta.id, orders_delta.customer_id, orders_delta.note, orders_delta.__pgt_weight
  FROM pgtrickle_changes.orders_4ebb45ac orders_delta
  WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.products p ON p.title = moved.note;
-- Stage the net change of every row. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (customer_id, id, product, __pgt_weight)
SELECT delta.customer_id,
       delta.id,
       delta.product,
       sum(delta.__pgt_weight)
FROM (
    SELECT terms.customer_id, terms.id, terms.product, terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.customer_id, delta.id, delta.product
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [colocated]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.customer_id = gone.customer_id
  AND target.id = gone.id
  AND target.product = gone.product
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.customer_id = gone.customer_id
                    AND back.id = gone.id
                    AND back.product = gone.product);
-- Write the rows that are new or have new values. [colocated]
INSERT INTO public.summary AS target (customer_id, id, product)
SELECT fresh.customer_id, fresh.id, fresh.product
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (customer_id, id, product) DO NOTHING;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.products has changed:
-- Empty the table of terms. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of products, on every node, with orders. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (customer_id, id, product, __pgt_weight)
SELECT o.customer_id, o.id, moved.id_2 AS product, moved.__pgt_weight
FROM (
  SELECT products_delta.id AS id_2, products_delta.title, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.orders o ON moved.title = o.note;
-- Stage the net change of every row. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (customer_id, id, product, __pgt_weight)
SELECT delta.customer_id,
       delta.id,
       delta.product,
       sum(delta.__pgt_weight)
FROM (
    SELECT terms.customer_id, terms.id, terms.product, terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.customer_id, delta.id, delta.product
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [colocated]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.customer_id = gone.customer_id
  AND target.id = gone.id
  AND target.product = gone.product
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.customer_id = gone.customer_id
                    AND back.id = gone.id
                    AND back.product = gone.product);
-- Write the rows that are new or have new values. [colocated]
INSERT INTO public.summary AS target (customer_id, id, product)
SELECT fresh.customer_id, fresh.id, fresh.product
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (customer_id, id, product) DO NOTHING;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.orders and public.products have changed:
-- Empty the table of terms. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of orders, on every node, with products. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (customer_id, id, product, __pgt_weight)
SELECT moved.customer_id, moved.id, p.id AS product, moved.__pgt_weight
FROM (
  SELECT orders_delta.id, orders_delta.customer_id, orders_delta.note, orders_delta.__pgt_weight
  FROM pgtrickle_changes.orders_4ebb45ac orders_delta
  WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.products p ON p.title = moved.note;
-- Join the changes of products, on every node, with orders. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (customer_id, id, product, __pgt_weight)
SELECT o.customer_id, o.id, moved.id_2 AS product, moved.__pgt_weight
FROM (
  SELECT products_delta.id AS id_2, products_delta.title, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.orders o ON moved.title = o.note;
-- Join the changes of products, on every node, with orders, less what is new in orders. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (customer_id, id, product, __pgt_weight)
SELECT
  orders_delta.customer_id,
  orders_delta.id,
  moved.id_2 AS product,
  -(moved.__pgt_weight * orders_delta.__pgt_weight) AS __pgt_weight
FROM (
  SELECT products_delta.id AS id_2, products_delta.title, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN pgtrickle_changes.orders_4ebb45ac orders_delta ON moved.title = orders_delta.note
WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch;
-- Stage the net change of every row. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (customer_id, id, product, __pgt_weight)
SELECT delta.customer_id,
       delta.id,
       delta.product,
       sum(delta.__pgt_weight)
FROM (
    SELECT terms.customer_id, terms.id, terms.product, terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.customer_id, delta.id, delta.product
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [colocated]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.customer_id = gone.customer_id
  AND target.id = gone.id
  AND target.product = gone.product
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.customer_id = gone.customer_id
                    AND back.id = gone.id
                    AND back.product = gone.product);
-- Write the rows that are new or have new values. [colocated]
INSERT INTO public.summary AS target (customer_id, id, product)
SELECT fresh.customer_id, fresh.id, fresh.product
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (customer_id, id, product) DO NOTHING;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.customer_id, stored.id, stored.product, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.customer_id, query.id, query.product, -1
        FROM (
SELECT o.customer_id, o.id, p.id AS product
FROM orders o
JOIN products p ON p.title = o.note
) AS query (customer_id, id, product)
    ) AS both_sides (c1, c2, c3, weight)
    GROUP BY c1, c2, c3
    HAVING sum(both_sides.weight) <> 0
) AS difference;
