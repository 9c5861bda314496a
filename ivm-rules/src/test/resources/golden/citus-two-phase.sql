-- SELECT region, count(*) AS n FROM customers GROUP BY region

stream table public.summary
mode         DIFFERENTIAL
keeps        groups by their keys, merged in place
reads        public.customers, distributed by id in co-location group 7

-- To create it:
CREATE TABLE public.summary (
    region integer,
    n bigint
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (region) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_k1 integer,
    __pgt_n bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the table from the query. [two-phase]
INSERT INTO public.summary (region, n)
SELECT query.region, query.n
FROM (
SELECT region, count(*) AS n FROM customers GROUP BY region
) AS query (region, n);

-- When public.customers has changed:
-- Stage what changes in every group. If there is nothing, the program ends. [two-phase]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0)
FROM (
    SELECT customers_delta.region AS __pgt_k1, customers_delta.__pgt_weight
    FROM pgtrickle_changes.customers_b9520287 customers_delta
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (region, n)
SELECT changed.__pgt_k1, changed.__pgt_n
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (region) DO UPDATE SET n = kept.n + EXCLUDED.n;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region = changed.__pgt_k1
  AND kept.n = 0;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.region IS NULL
  AND changed.__pgt_k1 IS NULL
  AND kept.n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.region, stored.n, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.region, query.n, -1
        FROM (
SELECT region, count(*) AS n FROM customers GROUP BY region
) AS query (region, n)
    ) AS both_sides (c1, c2, weight)
    GROUP BY c1, c2
    HAVING sum(both_sides.weight) <> 0
) AS difference;
