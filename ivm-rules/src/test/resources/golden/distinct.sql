-- SELECT DISTINCT region FROM customers

stream table public.summary
mode         DIFFERENTIAL
keeps        groups by their keys, merged from what is kept of each
reads        public.customers, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    region integer
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (region) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f (
    __pgt_k1 integer,
    __pgt_n bigint,
    __pgt_epoch bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_state_key ON pgtrickle_state.summary_c7d2017f (__pgt_k1) NULLS NOT DISTINCT;
CREATE INDEX summary_c7d2017f_state_epoch ON pgtrickle_state.summary_c7d2017f (__pgt_epoch);
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_k1 integer,
    __pgt_n bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the state from the query's groups. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       :__pgt_epoch
FROM (
    SELECT region AS __pgt_k1
    FROM public.customers
) AS live
GROUP BY live.__pgt_k1;
-- Fill the table from the state. [coordinator]
INSERT INTO public.summary (region)
SELECT touched.__pgt_k1 AS region
FROM (
  SELECT kept.__pgt_k1
  FROM pgtrickle_state.summary_c7d2017f AS kept
) touched;

-- When public.customers has changed:
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0)
FROM (
    SELECT customers_delta.region AS __pgt_k1, customers_delta.__pgt_weight
    FROM pgtrickle_changes.customers_b9520287 customers_delta
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the state. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_epoch)
SELECT changed.__pgt_k1, changed.__pgt_n, :__pgt_epoch
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = kept.__pgt_n + EXCLUDED.__pgt_n,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS target
USING (
    SELECT kept.__pgt_k1
    FROM pgtrickle_state.summary_c7d2017f AS kept
    WHERE kept.__pgt_epoch = :__pgt_epoch AND kept.__pgt_n = 0
) AS gone
WHERE target.region = gone.__pgt_k1;
-- Delete the groups that have vanished (keys with NULL). [coordinator]
DELETE FROM public.summary AS target
USING (
    SELECT kept.__pgt_k1
    FROM pgtrickle_state.summary_c7d2017f AS kept
    WHERE kept.__pgt_epoch = :__pgt_epoch AND kept.__pgt_n = 0
) AS gone
WHERE target.region IS NULL
  AND gone.__pgt_k1 IS NULL;
-- Write the groups that are new or have new values. [coordinator]
INSERT INTO public.summary AS target (region)
SELECT touched.__pgt_k1 AS region
FROM (
  SELECT kept.__pgt_k1
  FROM pgtrickle_state.summary_c7d2017f AS kept
  WHERE kept.__pgt_epoch = :__pgt_epoch
    AND kept.__pgt_n > 0
) touched
ON CONFLICT (region) DO NOTHING;
-- Forget the groups that have vanished. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f
WHERE __pgt_epoch = :__pgt_epoch AND __pgt_n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.region, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.region, -1
        FROM (
SELECT DISTINCT region FROM customers
) AS query (region)
    ) AS both_sides (c1, weight)
    GROUP BY c1
    HAVING sum(both_sides.weight) <> 0
) AS difference;
