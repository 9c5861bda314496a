-- SELECT customer_id, max(amount) - min(amount) AS spread, avg(price) AS price
-- FROM orders
-- GROUP BY customer_id
-- HAVING count(*) > 1

stream table public.summary
mode         DIFFERENTIAL
keeps        groups by their keys, merged from what is kept of each
reads        public.orders, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    customer_id integer,
    spread numeric,
    price numeric
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (customer_id) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f (
    __pgt_k1 integer,
    __pgt_n bigint,
    __pgt_m1 numeric(10,2),
    __pgt_m2 numeric(10,2),
    __pgt_c3 bigint,
    __pgt_s4 numeric,
    __pgt_epoch bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_state_key ON pgtrickle_state.summary_c7d2017f (__pgt_k1) NULLS NOT DISTINCT;
CREATE INDEX summary_c7d2017f_state_epoch ON pgtrickle_state.summary_c7d2017f (__pgt_epoch);
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_k1 integer,
    __pgt_n bigint,
    __pgt_m1 numeric(10,2),
    __pgt_m2 numeric(10,2),
    __pgt_c3 bigint,
    __pgt_s4 numeric,
    __pgt_m1_lost numeric(10,2),
    __pgt_m2_lost numeric(10,2),
    __pgt_s4_lost boolean
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the state from the query's groups. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_m1, __pgt_m2, __pgt_c3, __pgt_s4, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       max(live.__pgt_a1),
       min(live.__pgt_a1),
       count(live.__pgt_a2),
       coalesce(sum(live.__pgt_a2), 0),
       :__pgt_epoch
FROM (
    SELECT customer_id AS __pgt_k1, amount AS __pgt_a1, price AS __pgt_a2
    FROM public.orders
) AS live
GROUP BY live.__pgt_k1;
-- Fill the table from the state. [coordinator]
INSERT INTO public.summary (customer_id, spread, price)
SELECT
  touched.__pgt_k1 AS customer_id,
  touched.__pgt_v1 - touched.__pgt_v2 AS spread,
  touched.__pgt_v3 AS price
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_m1 AS __pgt_v1,
         kept.__pgt_m2 AS __pgt_v2,
         kept.__pgt_s4 / nullif(kept.__pgt_c3, 0) AS __pgt_v3,
         kept.__pgt_n AS __pgt_v4
  FROM pgtrickle_state.summary_c7d2017f AS kept
) touched
WHERE touched.__pgt_v4 > 1;

-- When public.orders has changed:
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n, __pgt_m1, __pgt_m2, __pgt_c3, __pgt_s4, __pgt_m1_lost, __pgt_m2_lost, __pgt_s4_lost)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight > 0),
       min(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight > 0),
       coalesce(sum(delta.__pgt_weight) FILTER (WHERE delta.__pgt_a2 IS NOT NULL), 0),
       coalesce(sum(delta.__pgt_a2 * delta.__pgt_weight), 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight < 0),
       min(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight < 0),
       coalesce(bool_or(delta.__pgt_weight < 0) FILTER (WHERE delta.__pgt_a2 IS NOT NULL), false)
FROM (
    SELECT
      orders_delta.customer_id AS __pgt_k1,
      orders_delta.amount AS __pgt_a1,
      orders_delta.price AS __pgt_a2,
      orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the state. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_m1, __pgt_m2, __pgt_c3, __pgt_s4, __pgt_epoch)
SELECT changed.__pgt_k1, changed.__pgt_n, changed.__pgt_m1, changed.__pgt_m2, changed.__pgt_c3, changed.__pgt_s4, :__pgt_epoch
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = kept.__pgt_n + EXCLUDED.__pgt_n,
    __pgt_m1 = greatest(kept.__pgt_m1, EXCLUDED.__pgt_m1),
    __pgt_m2 = least(kept.__pgt_m2, EXCLUDED.__pgt_m2),
    __pgt_c3 = kept.__pgt_c3 + EXCLUDED.__pgt_c3,
    __pgt_s4 = kept.__pgt_s4 + EXCLUDED.__pgt_s4,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f AS kept (__pgt_k1, __pgt_n, __pgt_m1, __pgt_m2, __pgt_c3, __pgt_s4, __pgt_epoch)
SELECT live.__pgt_k1,
       count(*),
       max(live.__pgt_a1),
       min(live.__pgt_a1),
       count(live.__pgt_a2),
       coalesce(sum(live.__pgt_a2), 0),
       :__pgt_epoch
FROM (
    SELECT o.customer_id AS __pgt_k1, o.amount AS __pgt_a1, o.price AS __pgt_a2
    FROM public.orders o
      JOIN (
        SELECT changed.__pgt_k1
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN pgtrickle_state.summary_c7d2017f AS kept ON changed.__pgt_k1 = kept.__pgt_k1
            AND kept.__pgt_n > 0
            AND (changed.__pgt_m1_lost >= kept.__pgt_m1 OR changed.__pgt_m2_lost <= kept.__pgt_m2 OR kept.__pgt_s4 IN ('NaN', 'Infinity', '-Infinity') OR changed.__pgt_s4_lost)
      ) stale ON o.customer_id = stale.__pgt_k1
) AS live
GROUP BY live.__pgt_k1
ON CONFLICT (__pgt_k1) DO UPDATE SET __pgt_n = EXCLUDED.__pgt_n,
    __pgt_m1 = EXCLUDED.__pgt_m1,
    __pgt_m2 = EXCLUDED.__pgt_m2,
    __pgt_c3 = EXCLUDED.__pgt_c3,
    __pgt_s4 = EXCLUDED.__pgt_s4,
    __pgt_epoch = EXCLUDED.__pgt_epoch;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS target
USING (
    SELECT kept.__pgt_k1
    FROM pgtrickle_state.summary_c7d2017f AS kept
    WHERE kept.__pgt_epoch = :__pgt_epoch AND kept.__pgt_n = 0
) AS gone
WHERE target.customer_id = gone.__pgt_k1;
-- Delete the groups that HAVING hides. [coordinator]
DELETE FROM public.summary AS target
USING (
    SELECT touched.__pgt_k1
    FROM (
      SELECT kept.__pgt_k1,
             kept.__pgt_m1 AS __pgt_v1,
             kept.__pgt_m2 AS __pgt_v2,
             kept.__pgt_s4 / nullif(kept.__pgt_c3, 0) AS __pgt_v3,
             kept.__pgt_n AS __pgt_v4
      FROM pgtrickle_state.summary_c7d2017f AS kept
      WHERE kept.__pgt_epoch = :__pgt_epoch
        AND kept.__pgt_n > 0
    ) touched
    WHERE (touched.__pgt_v4 > 1) IS NOT TRUE
) AS gone
WHERE target.customer_id = gone.__pgt_k1;
-- Write the groups that are new or have new values. [coordinator]
INSERT INTO public.summary AS target (customer_id, spread, price)
SELECT
  touched.__pgt_k1 AS customer_id,
  touched.__pgt_v1 - touched.__pgt_v2 AS spread,
  touched.__pgt_v3 AS price
FROM (
  SELECT kept.__pgt_k1,
         kept.__pgt_m1 AS __pgt_v1,
         kept.__pgt_m2 AS __pgt_v2,
         kept.__pgt_s4 / nullif(kept.__pgt_c3, 0) AS __pgt_v3,
         kept.__pgt_n AS __pgt_v4
  FROM pgtrickle_state.summary_c7d2017f AS kept
  WHERE kept.__pgt_epoch = :__pgt_epoch
    AND kept.__pgt_n > 0
) touched
WHERE touched.__pgt_v4 > 1
ON CONFLICT (customer_id) DO UPDATE SET spread = EXCLUDED.spread,
    price = EXCLUDED.price;
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
        SELECT stored.customer_id, stored.spread, stored.price, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.customer_id, query.spread, query.price, -1
        FROM (
SELECT customer_id, max(amount) - min(amount) AS spread, avg(price) AS price
FROM orders
GROUP BY customer_id
HAVING count(*) > 1
) AS query (customer_id, spread, price)
    ) AS both_sides (c1, c2, c3, weight)
    GROUP BY c1, c2, c3
    HAVING sum(both_sides.weight) <> 0
) AS difference;
