-- SELECT count(*) AS n, max(amount) AS most FROM orders

stream table public.summary
mode         DIFFERENTIAL
keeps        one row, merged from what is kept of all
reads        public.orders, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    n bigint,
    most numeric
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE TABLE pgtrickle_state.summary_c7d2017f (
    __pgt_only boolean,
    __pgt_n bigint,
    __pgt_m1 numeric(10,2)
);
ALTER TABLE pgtrickle_state.summary_c7d2017f REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_state_key ON pgtrickle_state.summary_c7d2017f (__pgt_only) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_n bigint,
    __pgt_m1 numeric(10,2),
    __pgt_m1_lost numeric(10,2)
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the state from the query's rows. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_only, __pgt_n, __pgt_m1)
SELECT true, fresh.__pgt_n, fresh.__pgt_m1
FROM (
    SELECT count(*) AS __pgt_n,
           max(live.__pgt_a1) AS __pgt_m1
    FROM (
        SELECT amount AS __pgt_a1
        FROM public.orders
    ) AS live
) AS fresh
ON CONFLICT (__pgt_only) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_m1 = EXCLUDED.__pgt_m1;
-- Fill the table from the state. [coordinator]
INSERT INTO public.summary (n, most)
SELECT kept.__pgt_v1 AS n, kept.__pgt_v2 AS most
FROM (
  SELECT kept.__pgt_n AS __pgt_v1,
         kept.__pgt_m1 AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
) kept;

-- When public.orders has changed:
-- Stage what changes. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_n, __pgt_m1, __pgt_m1_lost)
SELECT coalesce(sum(delta.__pgt_weight), 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight > 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight < 0)
FROM (
    SELECT orders_delta.amount AS __pgt_a1, orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta;
-- Merge it into the state. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_only, __pgt_n, __pgt_m1)
SELECT true, changed.__pgt_n, changed.__pgt_m1
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (__pgt_only) DO UPDATE SET __pgt_n = kept.__pgt_n + EXCLUDED.__pgt_n,
    __pgt_m1 = greatest(kept.__pgt_m1, EXCLUDED.__pgt_m1);
-- Evaluate it again, from the live tables, if it lost what merging cannot give back. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_only, __pgt_n, __pgt_m1)
SELECT true, fresh.__pgt_n, fresh.__pgt_m1
FROM (
    SELECT count(*) AS __pgt_n,
           max(live.__pgt_a1) AS __pgt_m1
    FROM (
        SELECT amount AS __pgt_a1
        FROM public.orders
    ) AS live
) AS fresh
WHERE EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS changed, pgtrickle_state.summary_c7d2017f AS kept
              WHERE changed.__pgt_m1_lost >= kept.__pgt_m1)
ON CONFLICT (__pgt_only) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_m1 = EXCLUDED.__pgt_m1;
-- Empty the table. [coordinator]
DELETE FROM public.summary;
-- Fill the table from the state. [coordinator]
INSERT INTO public.summary (n, most)
SELECT kept.__pgt_v1 AS n, kept.__pgt_v2 AS most
FROM (
  SELECT kept.__pgt_n AS __pgt_v1,
         kept.__pgt_m1 AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
) kept;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.n, stored.most, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.n, query.most, -1
        FROM (
SELECT count(*) AS n, max(amount) AS most FROM orders
) AS query (n, most)
    ) AS both_sides (c1, c2, weight)
    GROUP BY c1, c2
    HAVING sum(both_sides.weight) <> 0
) AS difference;
