-- SELECT c.region, count(*) AS orders, sum(o.amount) AS total
-- FROM orders o
-- JOIN customers c ON c.id = o.customer_id
-- GROUP BY c.region

stream table public.summary
mode         DIFFERENTIAL
keeps        groups by their keys, merged from what is kept of each
reads        public.orders, on the coordinator
reads        public.customers, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    region integer,
    orders bigint,
    total numeric
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (region) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f (
    __pgt_k1 integer,
    __pgt_n bigint,
    __pgt_c1 bigint,
    __pgt_s2 numeric,
    __pgt_epoch bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_state_key ON pgtrickle_state.summary_c7d2017f (__pgt_k1) NULLS NOT DISTINCT;
CREATE INDEX summary_c7d2017f_state_epoch ON pgtrickle_state.summary_c7d2017f (__pgt_epoch);
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_k1 integer,
    __pgt_n bigint,
    __pgt_c1 bigint,
    __pgt_s2 numeric
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the state from the query's groups. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.region AS __pgt_k1, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
) AS live
GROUP BY live.__pgt_k1;
-- Fill the table from the state. [coordinator]
INSERT INTO public.summary (region, orders, total)
SELECT touched.__pgt_k1 AS region, touched.__pgt_v1 AS orders, touched.__pgt_v2 AS total
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_n AS __pgt_v1,
         CASE WHEN kept.__pgt_c1 > 0 THEN kept.__pgt_s2 END AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
) touched;

-- When public.orders has changed:
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0),
       coalesce(sum(delta.__pgt_weight) FILTER (WHERE delta.__pgt_a1 IS NOT NULL), 0),
       coalesce(sum(delta.__pgt_a1 * delta.__pgt_weight), 0)
FROM (
    SELECT c.region AS __pgt_k1, orders_delta.amount AS __pgt_a1, orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN public.customers c ON c.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the state. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT changed.__pgt_k1, changed.__pgt_n, changed.__pgt_c1, changed.__pgt_s2, :__pgt_epoch
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = kept.__pgt_n + EXCLUDED.__pgt_n,
    __pgt_c1 = kept.__pgt_c1 + EXCLUDED.__pgt_c1,
    __pgt_s2 = kept.__pgt_s2 + EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.region AS __pgt_k1, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.region = stale.__pgt_k1
) AS live
GROUP BY live.__pgt_k1
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.region AS __pgt_k1, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 IS NULL
            AND kept.__pgt_k1 IS NULL
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.region IS NULL AND stale.__pgt_k1 IS NULL
) AS live
GROUP BY live.__pgt_k1
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
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
INSERT INTO public.summary AS target (region, orders, total)
SELECT touched.__pgt_k1 AS region, touched.__pgt_v1 AS orders, touched.__pgt_v2 AS total
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_n AS __pgt_v1,
         CASE WHEN kept.__pgt_c1 > 0 THEN kept.__pgt_s2 END AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
  WHERE kept.__pgt_epoch = :__pgt_epoch
    AND kept.__pgt_n > 0
) touched
ON CONFLICT (region) DO UPDATE SET orders = EXCLUDED.orders,
    total = EXCLUDED.total;
-- Forget the groups that have vanished. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f
WHERE __pgt_epoch = :__pgt_epoch AND __pgt_n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers has changed:
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0),
       coalesce(sum(delta.__pgt_weight) FILTER (WHERE delta.__pgt_a1 IS NOT NULL), 0),
       coalesce(sum(delta.__pgt_a1 * delta.__pgt_weight), 0)
FROM (
    SELECT customers_delta.region AS __pgt_k1, o.amount AS __pgt_a1, customers_delta.__pgt_weight
    FROM public.orders o
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = o.customer_id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the state. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT changed.__pgt_k1, changed.__pgt_n, changed.__pgt_c1, changed.__pgt_s2, :__pgt_epoch
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = kept.__pgt_n + EXCLUDED.__pgt_n,
    __pgt_c1 = kept.__pgt_c1 + EXCLUDED.__pgt_c1,
    __pgt_s2 = kept.__pgt_s2 + EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.region AS __pgt_k1, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.region = stale.__pgt_k1
) AS live
GROUP BY live.__pgt_k1
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.region AS __pgt_k1, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 IS NULL
            AND kept.__pgt_k1 IS NULL
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.region IS NULL AND stale.__pgt_k1 IS NULL
) AS live
GROUP BY live.__pgt_k1
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
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
INSERT INTO public.summary AS target (region, orders, total)
SELECT touched.__pgt_k1 AS region, touched.__pgt_v1 AS orders, touched.__pgt_v2 AS total
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_n AS __pgt_v1,
         CASE WHEN kept.__pgt_c1 > 0 THEN kept.__pgt_s2 END AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
  WHERE kept.__pgt_epoch = :__pgt_epoch
    AND kept.__pgt_n > 0
) touched
ON CONFLICT (region) DO UPDATE SET orders = EXCLUDED.orders,
    total = EXCLUDED.total;
-- Forget the groups that have vanished. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f
WHERE __pgt_epoch = :__pgt_epoch AND __pgt_n = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers and public.orders have changed:
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0),
       coalesce(sum(delta.__pgt_weight) FILTER (WHERE delta.__pgt_a1 IS NOT NULL), 0),
       coalesce(sum(delta.__pgt_a1 * delta.__pgt_weight), 0)
FROM (
    SELECT c.region AS __pgt_k1, orders_delta.amount AS __pgt_a1, orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN public.customers c ON c.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT customers_delta.region AS __pgt_k1, o.amount AS __pgt_a1, customers_delta.__pgt_weight
    FROM public.orders o
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = o.customer_id
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT
      customers_delta.region AS __pgt_k1,
      orders_delta.amount AS __pgt_a1,
      -(orders_delta.__pgt_weight * customers_delta.__pgt_weight) AS __pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
      JOIN pgtrickle_changes.customers_b9520287 customers_delta ON customers_delta.id = orders_delta.customer_id
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
      AND customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the state. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT changed.__pgt_k1, changed.__pgt_n, changed.__pgt_c1, changed.__pgt_s2, :__pgt_epoch
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = kept.__pgt_n + EXCLUDED.__pgt_n,
    __pgt_c1 = kept.__pgt_c1 + EXCLUDED.__pgt_c1,
    __pgt_s2 = kept.__pgt_s2 + EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.region AS __pgt_k1, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.region = stale.__pgt_k1
) AS live
GROUP BY live.__pgt_k1
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back (keys with NULL). [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_c1, __pgt_s2, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       count(live.__pgt_a1),
       coalesce(sum(live.__pgt_a1), 0),
       :__pgt_epoch
FROM (
    SELECT c.region AS __pgt_k1, o.amount AS __pgt_a1
    FROM public.orders o
      JOIN public.customers c ON c.id = o.customer_id
      JOIN (
        SELECT changed.__pgt_k1
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 IS NULL
            AND kept.__pgt_k1 IS NULL
            AND kept.__pgt_n > 0
            AND (kept.__pgt_s2 IN ('NaN', 'Infinity', '-Infinity'))
      ) stale ON c.region IS NULL AND stale.__pgt_k1 IS NULL
) AS live
GROUP BY live.__pgt_k1
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_c1 = EXCLUDED.__pgt_c1,
    __pgt_s2 = EXCLUDED.__pgt_s2,
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
INSERT INTO public.summary AS target (region, orders, total)
SELECT touched.__pgt_k1 AS region, touched.__pgt_v1 AS orders, touched.__pgt_v2 AS total
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_n AS __pgt_v1,
         CASE WHEN kept.__pgt_c1 > 0 THEN kept.__pgt_s2 END AS __pgt_v2
  FROM pgtrickle_state.summary_c7d2017f AS kept
  WHERE kept.__pgt_epoch = :__pgt_epoch
    AND kept.__pgt_n > 0
) touched
ON CONFLICT (region) DO UPDATE SET orders = EXCLUDED.orders,
    total = EXCLUDED.total;
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
        SELECT stored.region, stored.orders, stored.total, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.region, query.orders, query.total, -1
        FROM (
SELECT c.region, count(*) AS orders, sum(o.amount) AS total
FROM orders o
JOIN customers c ON c.id = o.customer_id
GROUP BY c.region
) AS query (region, orders, total)
    ) AS both_sides (c1, c2, c3, weight)
    GROUP BY c1, c2, c3
    HAVING sum(both_sides.weight) <> 0
) AS difference;
