-- SELECT o.customer_id, o.id, c.name
-- FROM orders o
-- JOIN customers c ON c.id = o.customer_id

stream table public.summary
mode         DIFFERENTIAL
keeps        rows by their key (customer_id, id)
distributed  by customer_id
reads        public.orders, distributed by customer_id in co-location group 7
reads        public.customers, distributed by id in co-location group 7

-- To create it:
CREATE TABLE public.summary (
    customer_id integer,
    id integer,
    name text
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
SELECT create_distributed_table('public.summary', 'customer_id', colocate_with => 'public.orders');
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (customer_id, id) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    customer_id integer,
    id integer,
    name text,
    __pgt_weight bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;
SELECT create_distributed_table('pgtrickle_state.summary_c7d2017f_delta', 'customer_id', colocate_with => 'public.orders');

-- To fill it:
-- Fill the table from the query. [colocated]
INSERT INTO public.summary (customer_id, id, name)
SELECT query.customer_id, query.id, query.name
FROM (
SELECT o.customer_id, o.id, c.name
FROM orders o
JOIN customers c ON c.id = o.customer_id
) AS query (customer_id, id, name);

-- When public.orders has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (customer_id, id, name, __pgt_weight)
SELECT delta.customer_id,
       delta.id,
       delta.name,
       sum(delta.__pgt_weight)
FROM (
    SELECT orders_delta.customer_id, orders_delta.id, c.name, orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN public.customers c ON c.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.customer_id, delta.id, delta.name
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [colocated]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.customer_id = gone.customer_id
  AND target.id = gone.id
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.customer_id = gone.customer_id
                    AND back.id = gone.id);
-- Write the rows that are new or have new values. [colocated]
INSERT INTO public.summary AS target (customer_id, id, name)
SELECT fresh.customer_id, fresh.id, fresh.name
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (customer_id, id) DO UPDATE SET name = EXCLUDED.name;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (customer_id, id, name, __pgt_weight)
SELECT delta.customer_id,
       delta.id,
       delta.name,
       sum(delta.__pgt_weight)
FROM (
    SELECT o.customer_id, o.id, customers_delta.name, customers_delta.__pgt_weight
    FROM public.orders o
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = o.customer_id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.customer_id, delta.id, delta.name
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [colocated]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.customer_id = gone.customer_id
  AND target.id = gone.id
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.customer_id = gone.customer_id
                    AND back.id = gone.id);
-- Write the rows that are new or have new values. [colocated]
INSERT INTO public.summary AS target (customer_id, id, name)
SELECT fresh.customer_id, fresh.id, fresh.name
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (customer_id, id) DO UPDATE SET name = EXCLUDED.name;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers and public.orders have changed:
-- Stage the net change of every row. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (customer_id, id, name, __pgt_weight)
SELECT delta.customer_id,
       delta.id,
       delta.name,
       sum(delta.__pgt_weight)
FROM (
    SELECT orders_delta.customer_id, orders_delta.id, c.name, orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN public.customers c ON c.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT o.customer_id, o.id, customers_delta.name, customers_delta.__pgt_weight
    FROM public.orders o
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = o.customer_id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT
      orders_delta.customer_id,
      orders_delta.id,
      customers_delta.name,
      -(orders_delta.__pgt_weight * customers_delta.__pgt_weight) AS __pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
      AND customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.customer_id, delta.id, delta.name
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [colocated]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.customer_id = gone.customer_id
  AND target.id = gone.id
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.customer_id = gone.customer_id
                    AND back.id = gone.id);
-- Write the rows that are new or have new values. [colocated]
INSERT INTO public.summary AS target (customer_id, id, name)
SELECT fresh.customer_id, fresh.id, fresh.name
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (customer_id, id) DO UPDATE SET name = EXCLUDED.name;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.customer_id, stored.id, stored.name, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.customer_id, query.id, query.name, -1
        FROM (
SELECT o.customer_id, o.id, c.name
FROM orders o
JOIN customers c ON c.id = o.customer_id
) AS query (customer_id, id, name)
    ) AS both_sides (c1, c2, c3, weight)
    GROUP BY c1, c2, c3
    HAVING sum(both_sides.weight) <> 0
) AS difference;
