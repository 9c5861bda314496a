-- SELECT c.id AS customer, c.region, count(*) AS n, avg(o.amount) AS mean
-- FROM orders o
-- JOIN customers c ON c.id = o.customer_id
-- GROUP BY c.id, c.region

stream table public.summary
mode         DIFFERENTIAL
keeps        groups by their keys, merged from what is kept of each
distributed  by customer
reads        public.orders, distributed by customer_id in co-location group 7
reads        public.customers, distributed by id in co-location group 7

-- To create it:
CREATE TABLE public.summary (
    customer integer,
    region integer,
    n bigint,
    mean numeric
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
SELECT create_distributed_table('public.summary', 'customer', colocate_with => 'public.orders');
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (customer, region) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f (
    __pgt_k1 integer,
    __pgt_k2 integer,
    __pgt_n bigint,
    __pgt_c1 bigint,
    __pgt_s2 numeric,
    __pgt_epoch bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f REPLICA IDENTITY FULL;
SELECT create_distributed_table('pgtrickle_state.summary_c7d2017f', '__pgt_k1', colocate_with => 'public.orders');
CREATE UNIQUE INDEX summary_c7d2017f_state_key ON pgtrickle_state.summary_c7d2017f (__pgt_k1, __pgt_k2) NULLS NOT DISTINCT;
CREATE INDEX summary_c7d2017f_state_epoch ON pgtrickle_state.summary_c7d2017f (__pgt_epoch);
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_k1 integer,
    __pgt_k2 integer,
    __pgt_n bigint,
    __pgt_c1 bigint,
    __pgt_s2 numeric
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;
SELECT create_distributed_table('pgtrickle_state.summary_c7d2017f_delta', '__pgt_k1', colocate_with => 'public.orders');

-- To fill it:
-- Fill the state from the query's groups. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.id AS __pgt_k1, c.region AS __pgt_k2, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2;
-- Fill the table from the state. [colocated]
INSERT INTO public.summary (customer, region, n, mean)
SELECT
  touched.__pgt_k1 AS customer,
  touched.__pgt_k2 AS region,
  touched.__pgt_v1 AS n,
  touched.__pgt_v2 AS mean
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_k2,
         kept.__pgt_n AS __pgt_v1,
         kept.__pgt_s2 / nullif(kept.__pgt_c1, 0) AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
) touched;

-- When public.orders has changed:
-- Stage what changes in every group. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2)
SELECT delta.__pgt_k1,
       delta.__pgt_k2,
       coalesce(sum(delta.__pgt_weight), 0),
       coalesce(sum(delta.__pgt_weight) FILTER (WHERE delta.__pgt_a1 IS NOT NULL), 0),
       coalesce(sum(delta.__pgt_a1 * delta.__pgt_weight), 0)
FROM (
    SELECT
      c.id AS __pgt_k1,
      c.region AS __pgt_k2,
      orders_delta.amount AS __pgt_a1,
      orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN public.customers c ON c.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1, delta.__pgt_k2;
-- Merge it into the state. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT changed.__pgt_k1, changed.__pgt_k2, changed.__pgt_n, changed.__pgt_c1, changed.__pgt_s2, :__pgt_epoch
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET __pgt_n = kept.__pgt_n + EXCLUDED.__pgt_n,
    __pgt_c1 = kept.__pgt_c1 + EXCLUDED.__pgt_c1,
    __pgt_s2 = kept.__pgt_s2 + EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.id AS __pgt_k1, c.region AS __pgt_k2, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1, changed.__pgt_k2
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND changed.__pgt_k2 = kept.__pgt_k2
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.id = stale.__pgt_k1 AND c.region = stale.__pgt_k2
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.id AS __pgt_k1, c.region AS __pgt_k2, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1, changed.__pgt_k2
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND changed.__pgt_k2 IS NULL
            AND kept.__pgt_k2 IS NULL
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.id = stale.__pgt_k1 AND c.region IS NULL AND stale.__pgt_k2 IS NULL
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Delete the groups that have vanished. [colocated]
DELETE FROM public.summary AS target
USING (
    SELECT kept.__pgt_k1, kept.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f AS kept
    WHERE kept.__pgt_epoch = :__pgt_epoch AND kept.__pgt_n = 0
) AS gone
WHERE target.customer = gone.__pgt_k1
  AND target.region = gone.__pgt_k2;
-- Delete the groups that have vanished (keys with NULL). [colocated]
DELETE FROM public.summary AS target
USING (
    SELECT kept.__pgt_k1, kept.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f AS kept
    WHERE kept.__pgt_epoch = :__pgt_epoch AND kept.__pgt_n = 0
) AS gone
WHERE target.customer = gone.__pgt_k1
  AND target.region IS NULL
  AND gone.__pgt_k2 IS NULL;
-- Write the groups that are new or have new values. [colocated]
INSERT INTO public.summary AS target (customer, region, n, mean)
SELECT
  touched.__pgt_k1 AS customer,
  touched.__pgt_k2 AS region,
  touched.__pgt_v1 AS n,
  touched.__pgt_v2 AS mean
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_k2,
         kept.__pgt_n AS __pgt_v1,
         kept.__pgt_s2 / nullif(kept.__pgt_c1, 0) AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
  WHERE kept.__pgt_epoch = :__pgt_epoch
    AND kept.__pgt_n > 0
) touched
ON CONFLICT (customer, region) DO UPDATE SET n = EXCLUDED.n,
    mean = EXCLUDED.mean;
-- Forget the groups that have vanished. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f
WHERE __pgt_epoch = :__pgt_epoch AND __pgt_n = 0;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers has changed:
-- Stage what changes in every group. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2)
SELECT delta.__pgt_k1,
       delta.__pgt_k2,
       coalesce(sum(delta.__pgt_weight), 0),
       coalesce(sum(delta.__pgt_weight) FILTER (WHERE delta.__pgt_a1 IS NOT NULL), 0),
       coalesce(sum(delta.__pgt_a1 * delta.__pgt_weight), 0)
FROM (
    SELECT
      customers_delta.id AS __pgt_k1,
      customers_delta.region AS __pgt_k2,
      o.amount AS __pgt_a1,
      customers_delta.__pgt_weight
    FROM public.orders o
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = o.customer_id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1, delta.__pgt_k2;
-- Merge it into the state. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT changed.__pgt_k1, changed.__pgt_k2, changed.__pgt_n, changed.__pgt_c1, changed.__pgt_s2, :__pgt_epoch
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET __pgt_n = kept.__pgt_n + EXCLUDED.__pgt_n,
    __pgt_c1 = kept.__pgt_c1 + EXCLUDED.__pgt_c1,
    __pgt_s2 = kept.__pgt_s2 + EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.id AS __pgt_k1, c.region AS __pgt_k2, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1, changed.__pgt_k2
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND changed.__pgt_k2 = kept.__pgt_k2
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.id = stale.__pgt_k1 AND c.region = stale.__pgt_k2
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.id AS __pgt_k1, c.region AS __pgt_k2, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1, changed.__pgt_k2
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND changed.__pgt_k2 IS NULL
            AND kept.__pgt_k2 IS NULL
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.id = stale.__pgt_k1 AND c.region IS NULL AND stale.__pgt_k2 IS NULL
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Delete the groups that have vanished. [colocated]
DELETE FROM public.summary AS target
USING (
    SELECT kept.__pgt_k1, kept.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f AS kept
    WHERE kept.__pgt_epoch = :__pgt_epoch AND kept.__pgt_n = 0
) AS gone
WHERE target.customer = gone.__pgt_k1
  AND target.region = gone.__pgt_k2;
-- Delete the groups that have vanished (keys with NULL). [colocated]
DELETE FROM public.summary AS target
USING (
    SELECT kept.__pgt_k1, kept.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f AS kept
    WHERE kept.__pgt_epoch = :__pgt_epoch AND kept.__pgt_n = 0
) AS gone
WHERE target.customer = gone.__pgt_k1
  AND target.region IS NULL
  AND gone.__pgt_k2 IS NULL;
-- Write the groups that are new or have new values. [colocated]
INSERT INTO public.summary AS target (customer, region, n, mean)
SELECT
  touched.__pgt_k1 AS customer,
  touched.__pgt_k2 AS region,
  touched.__pgt_v1 AS n,
  touched.__pgt_v2 AS mean
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_k2,
         kept.__pgt_n AS __pgt_v1,
         kept.__pgt_s2 / nullif(kept.__pgt_c1, 0) AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
  WHERE kept.__pgt_epoch = :__pgt_epoch
    AND kept.__pgt_n > 0
) touched
ON CONFLICT (customer, region) DO UPDATE SET n = EXCLUDED.n,
    mean = EXCLUDED.mean;
-- Forget the groups that have vanished. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f
WHERE __pgt_epoch = :__pgt_epoch AND __pgt_n = 0;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers and public.orders have changed:
-- Stage what changes in every group. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2)
SELECT delta.__pgt_k1,
       delta.__pgt_k2,
       coalesce(sum(delta.__pgt_weight), 0),
       coalesce(sum(delta.__pgt_weight) FILTER (WHERE delta.__pgt_a1 IS NOT NULL), 0),
       coalesce(sum(delta.__pgt_a1 * delta.__pgt_weight), 0)
FROM (
    SELECT
      c.id AS __pgt_k1,
      c.region AS __pgt_k2,
      orders_delta.amount AS __pgt_a1,
      orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN public.customers c ON c.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT
      customers_delta.id AS __pgt_k1,
      customers_delta.region AS __pgt_k2,
      o.amount AS __pgt_a1,
      customers_delta.__pgt_weight
    FROM public.orders o
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = o.customer_id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT
      customers_delta.id AS __pgt_k1,
      customers_delta.region AS __pgt_k2,
      orders_delta.amount AS __pgt_a1,
      -(orders_delta.__pgt_weight * customers_delta.__pgt_weight) AS __pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
      AND customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1, delta.__pgt_k2;
-- Merge it into the state. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT changed.__pgt_k1, changed.__pgt_k2, changed.__pgt_n, changed.__pgt_c1, changed.__pgt_s2, :__pgt_epoch
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET __pgt_n = kept.__pgt_n + EXCLUDED.__pgt_n,
    __pgt_c1 = kept.__pgt_c1 + EXCLUDED.__pgt_c1,
    __pgt_s2 = kept.__pgt_s2 + EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.id AS __pgt_k1, c.region AS __pgt_k2, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1, changed.__pgt_k2
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND changed.__pgt_k2 = kept.__pgt_k2
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.id = stale.__pgt_k1 AND c.region = stale.__pgt_k2
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_k2, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       live.__pgt_k2,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.id AS __pgt_k1, c.region AS __pgt_k2, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1, changed.__pgt_k2
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND changed.__pgt_k2 IS NULL
            AND kept.__pgt_k2 IS NULL
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.id = stale.__pgt_k1 AND c.region IS NULL AND stale.__pgt_k2 IS NULL
) AS live
GROUP BY live.__pgt_k1, live.__pgt_k2
ON CONFLICT (__pgt_k1, __pgt_k2) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Delete the groups that have vanished. [colocated]
DELETE FROM public.summary AS target
USING (
    SELECT kept.__pgt_k1, kept.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f AS kept
    WHERE kept.__pgt_epoch = :__pgt_epoch AND kept.__pgt_n = 0
) AS gone
WHERE target.customer = gone.__pgt_k1
  AND target.region = gone.__pgt_k2;
-- Delete the groups that have vanished (keys with NULL). [colocated]
DELETE FROM public.summary AS target
USING (
    SELECT kept.__pgt_k1, kept.__pgt_k2
    FROM pgtrickle_state.summary_c7d2017f AS kept
    WHERE kept.__pgt_epoch = :__pgt_epoch AND kept.__pgt_n = 0
) AS gone
WHERE target.customer = gone.__pgt_k1
  AND target.region IS NULL
  AND gone.__pgt_k2 IS NULL;
-- Write the groups that are new or have new values. [colocated]
INSERT INTO public.summary AS target (customer, region, n, mean)
SELECT
  touched.__pgt_k1 AS customer,
  touched.__pgt_k2 AS region,
  touched.__pgt_v1 AS n,
  touched.__pgt_v2 AS mean
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_k2,
         kept.__pgt_n AS __pgt_v1,
         kept.__pgt_s2 / nullif(kept.__pgt_c1, 0) AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
  WHERE kept.__pgt_epoch = :__pgt_epoch
    AND kept.__pgt_n > 0
) touched
ON CONFLICT (customer, region) DO UPDATE SET n = EXCLUDED.n,
    mean = EXCLUDED.mean;
-- Forget the groups that have vanished. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f
WHERE __pgt_epoch = :__pgt_epoch AND __pgt_n = 0;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.customer, stored.region, stored.n, stored.mean, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.customer, query.region, query.n, query.mean, -1
        FROM (
SELECT c.id AS customer, c.region, count(*) AS n, avg(o.amount) AS mean
FROM orders o
JOIN customers c ON c.id = o.customer_id
GROUP BY c.id, c.region
) AS query (customer, region, n, mean)
    ) AS both_sides (c1, c2, c3, c4, weight)
    GROUP BY c1, c2, c3, c4
    HAVING sum(both_sides.weight) <> 0
) AS difference;
