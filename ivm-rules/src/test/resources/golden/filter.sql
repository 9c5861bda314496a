-- SELECT customer_id, id, amount * 2 AS double
-- FROM orders
-- WHERE note LIKE 'a%'

stream table public.summary
mode         DIFFERENTIAL
keeps        rows by their key (customer_id, id)
reads        public.orders, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    customer_id integer,
    id integer,
    double numeric
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (customer_id, id) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    customer_id integer,
    id integer,
    double numeric,
    __pgt_weight bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the table from the query. [coordinator]
INSERT INTO public.summary (customer_id, id, double)
SELECT query.customer_id, query.id, query.double
FROM (
SELECT customer_id, id, amount * 2 AS double
FROM orders
WHERE note LIKE 'a%'
) AS query (customer_id, id, double);

-- When public.orders has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (customer_id, id, double, __pgt_weight)
SELECT delta.customer_id,
       delta.id,
       delta.double,
       sum(delta.__pgt_weight)
FROM (
    SELECT
      orders_delta.customer_id,
      orders_delta.id,
      orders_delta.amount * 2 AS double,
      orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch AND orders_delta.note LIKE 'a%'
) AS delta
GROUP BY delta.customer_id, delta.id, delta.double, delta.double::text
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.customer_id = gone.customer_id
  AND target.id = gone.id
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.customer_id = gone.customer_id
                    AND back.id = gone.id);
-- Write the rows that are new or have new values. [coordinator]
INSERT INTO public.summary AS target (customer_id, id, double)
SELECT fresh.customer_id, fresh.id, fresh.double
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (customer_id, id) DO UPDATE SET double = EXCLUDED.double;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.customer_id, stored.id, stored.double, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.customer_id, query.id, query.double, -1
        FROM (
SELECT customer_id, id, amount * 2 AS double
FROM orders
WHERE note LIKE 'a%'
) AS query (customer_id, id, double)
    ) AS both_sides (c1, c2, c3, weight)
    GROUP BY c1, c2, c3
    HAVING sum(both_sides.weight) <> 0
) AS difference;
