-- SELECT customer_id, count(*) AS orders, max(placed) AS last
-- FROM orders
-- GROUP BY customer_id

stream table public.summary
mode         DIFFERENTIAL
keeps        groups by their keys, merged in place
reads        public.orders, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    customer_id integer,
    orders bigint,
    last timestamp with time zone
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (customer_id) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_k1 integer,
    __pgt_n bigint,
    __pgt_m1 timestamp with time zone,
    __pgt_m1_lost timestamp with time zone
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the table from the query. [coordinator]
INSERT INTO public.summary (customer_id, orders, last)
SELECT query.customer_id, query.orders, query.last
FROM (
SELECT customer_id, count(*) AS orders, max(placed) AS last
FROM orders
GROUP BY customer_id
) AS query (customer_id, orders, last);

-- When public.orders has changed:
-- Stage what changes in every group. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1, __pgt_n, __pgt_m1, __pgt_m1_lost)
SELECT delta.__pgt_k1,
       coalesce(sum(delta.__pgt_weight), 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight > 0),
       max(delta.__pgt_a1) FILTER (WHERE delta.__pgt_weight < 0)
FROM (
    SELECT
      orders_delta.customer_id AS __pgt_k1,
      orders_delta.placed AS __pgt_a1,
      orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.__pgt_k1;
-- Merge it into the groups. [coordinator]
INSERT INTO public.summary AS kept (customer_id, orders, last)
SELECT changed.__pgt_k1, changed.__pgt_n, changed.__pgt_m1
FROM pgtrickle_state.summary_c7d2017f_delta AS changed
ON CONFLICT (customer_id) DO UPDATE SET orders = kept.orders + EXCLUDED.orders,
    last = greatest(kept.last, EXCLUDED.last);
-- Evaluate again, from the live tables, the groups that lost what merging cannot give back. [coordinator]
INSERT INTO public.summary AS kept (customer_id, orders, last)
SELECT live.__pgt_k1,
       count(*),
       max(live.__pgt_a1)
FROM (
    SELECT o.customer_id AS __pgt_k1, o.placed AS __pgt_a1
    FROM public.orders o
      JOIN (
        SELECT changed.__pgt_k1
        FROM pgtrickle_state.summary_c7d2017f_delta AS changed
          JOIN public.summary AS kept ON kept.customer_id = changed.__pgt_k1
            AND kept.orders > 0
            AND (changed.__pgt_m1_lost >= kept.last)
      ) stale ON o.customer_id = stale.__pgt_k1
) AS live
GROUP BY live.__pgt_k1
ON CONFLICT (customer_id) DO UPDATE SET orders = EXCLUDED.orders,
    last = EXCLUDED.last;
-- Delete the groups that have vanished. [coordinator]
DELETE FROM public.summary AS kept
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE kept.customer_id = changed.__pgt_k1
  AND kept.orders = 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.customer_id, stored.orders, stored.last, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.customer_id, query.orders, query.last, -1
        FROM (
SELECT customer_id, count(*) AS orders, max(placed) AS last
FROM orders
GROUP BY customer_id
) AS query (customer_id, orders, last)
    ) AS both_sides (c1, c2, c3, weight)
    GROUP BY c1, c2, c3
    HAVING sum(both_sides.weight) <> 0
) AS difference;
