-- SELECT c.name, o.amount
-- FROM orders o
-- JOIN customers c ON c.id = o.customer_id

stream table public.summary
mode         DIFFERENTIAL
keeps        rows by their key (__pgt_k1, __pgt_k2)
reads        public.orders, on the coordinator
reads        public.customers, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    name text,
    amount numeric(10,2),
    __pgt_k1 integer,
    __pgt_k2 integer
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (__pgt_k1, __pgt_k2) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    name text,
    amount numeric(10,2),
    __pgt_k1 integer,
    __pgt_k2 integer,
    __pgt_weight bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the table from the query. [coordinator]
INSERT INTO public.summary (name, amount, __pgt_k1, __pgt_k2)
SELECT c.name, o.amount, o.customer_id AS __pgt_k1, o.id AS __pgt_k2
FROM public.orders o
  JOIN public.customers c ON c.id = o.customer_id;

-- When public.orders has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (name, amount, __pgt_k1, __pgt_k2, __pgt_weight)
SELECT delta.name,
       delta.amount,
       delta.__pgt_k1,
       delta.__pgt_k2,
       sum(delta.__pgt_weight)
FROM (
    SELECT
      c.name,
      orders_delta.amount,
      orders_delta.customer_id AS __pgt_k1,
      orders_delta.id AS __pgt_k2,
      orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN public.customers c ON c.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.name, delta.amount, delta.__pgt_k1, delta.__pgt_k2
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.__pgt_k1 = gone.__pgt_k1
  AND target.__pgt_k2 = gone.__pgt_k2
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.__pgt_k1 = gone.__pgt_k1
                    AND back.__pgt_k2 = gone.__pgt_k2);
-- Write the rows that are new or have new values. [coordinator]
INSERT INTO public.summary AS target (name, amount, __pgt_k1, __pgt_k2)
SELECT fresh.name, fresh.amount, fresh.__pgt_k1, fresh.__pgt_k2
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET name = EXCLUDED.name,
    amount = EXCLUDED.amount;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (name, amount, __pgt_k1, __pgt_k2, __pgt_weight)
SELECT delta.name,
       delta.amount,
       delta.__pgt_k1,
       delta.__pgt_k2,
       sum(delta.__pgt_weight)
FROM (
    SELECT
      customers_delta.name,
      o.amount,
      o.customer_id AS __pgt_k1,
      o.id AS __pgt_k2,
      customers_delta.__pgt_weight
    FROM public.orders o
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = o.customer_id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.name, delta.amount, delta.__pgt_k1, delta.__pgt_k2
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.__pgt_k1 = gone.__pgt_k1
  AND target.__pgt_k2 = gone.__pgt_k2
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.__pgt_k1 = gone.__pgt_k1
                    AND back.__pgt_k2 = gone.__pgt_k2);
-- Write the rows that are new or have new values. [coordinator]
INSERT INTO public.summary AS target (name, amount, __pgt_k1, __pgt_k2)
SELECT fresh.name, fresh.amount, fresh.__pgt_k1, fresh.__pgt_k2
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET name = EXCLUDED.name,
    amount = EXCLUDED.amount;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers and public.orders have changed:
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (name, amount, __pgt_k1, __pgt_k2, __pgt_weight)
SELECT delta.name,
       delta.amount,
       delta.__pgt_k1,
       delta.__pgt_k2,
       sum(delta.__pgt_weight)
FROM (
    SELECT
      c.name,
      orders_delta.amount,
      orders_delta.customer_id AS __pgt_k1,
      orders_delta.id AS __pgt_k2,
      orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN public.customers c ON c.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT
      customers_delta.name,
      o.amount,
      o.customer_id AS __pgt_k1,
      o.id AS __pgt_k2,
      customers_delta.__pgt_weight
    FROM public.orders o
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = o.customer_id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT
      customers_delta.name,
      orders_delta.amount,
      orders_delta.customer_id AS __pgt_k1,
      orders_delta.id AS __pgt_k2,
      -(orders_delta.__pgt_weight * customers_delta.__pgt_weight) AS __pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
      AND customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.name, delta.amount, delta.__pgt_k1, delta.__pgt_k2
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.__pgt_k1 = gone.__pgt_k1
  AND target.__pgt_k2 = gone.__pgt_k2
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.__pgt_k1 = gone.__pgt_k1
                    AND back.__pgt_k2 = gone.__pgt_k2);
-- Write the rows that are new or have new values. [coordinator]
INSERT INTO public.summary AS target (name, amount, __pgt_k1, __pgt_k2)
SELECT fresh.name, fresh.amount, fresh.__pgt_k1, fresh.__pgt_k2
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET name = EXCLUDED.name,
    amount = EXCLUDED.amount;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.name, stored.amount, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.name, query.amount, -1
        FROM (
SELECT c.name, o.amount
FROM orders o
JOIN customers c ON c.id = o.customer_id
) AS query (name, amount)
    ) AS both_sides (c1, c2, weight)
    GROUP BY c1, c2
    HAVING sum(both_sides.weight) <> 0
) AS difference;
