-- SELECT a.id, b.id AS other
-- FROM customers a
-- JOIN customers b ON a.region = b.region AND a.id < b.id

stream table public.summary
mode         DIFFERENTIAL
keeps        rows by their key (id, other)
reads        public.customers, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    id integer,
    other integer
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (id, other) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    id integer,
    other integer,
    __pgt_weight bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the table from the query. [coordinator]
INSERT INTO public.summary (id, other)
SELECT query.id, query.other
FROM (
SELECT a.id, b.id AS other
FROM customers a
JOIN customers b ON a.region = b.region AND a.id < b.id
) AS query (id, other);

-- When public.customers has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (id, other, __pgt_weight)
SELECT delta.id,
       delta.other,
       sum(delta.__pgt_weight)
FROM (
    SELECT customers_delta.id, c.id AS other, customers_delta.__pgt_weight
    FROM pgtrickle_changes.customers_b9520287 customers_delta
      JOIN public.customers c ON customers_delta.region = c.region AND customers_delta.id < c.id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT c.id, customers_delta.id AS other, customers_delta.__pgt_weight
    FROM public.customers c
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON c.region = customers_delta.region AND c.id < customers_delta.id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT
      customers_delta.id,
      customers_delta2.id AS other,
      -(customers_delta.__pgt_weight * customers_delta2.__pgt_weight) AS __pgt_weight
    FROM pgtrickle_changes.customers_b9520287 customers_delta
      JOIN pgtrickle_changes.customers_b9520287 customers_delta2 ON customers_delta.region = customers_delta2.region AND customers_delta.id < customers_delta2.id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
      AND customers_delta2.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.id, delta.other
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.id = gone.id
  AND target.other = gone.other
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.id = gone.id
                    AND back.other = gone.other);
-- Write the rows that are new or have new values. [coordinator]
INSERT INTO public.summary AS target (id, other)
SELECT fresh.id, fresh.other
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (id, other) DO NOTHING;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.id, stored.other, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.id, query.other, -1
        FROM (
SELECT a.id, b.id AS other
FROM customers a
JOIN customers b ON a.region = b.region AND a.id < b.id
) AS query (id, other)
    ) AS both_sides (c1, c2, weight)
    GROUP BY c1, c2
    HAVING sum(both_sides.weight) <> 0
) AS difference;
