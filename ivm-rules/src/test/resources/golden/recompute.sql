-- SELECT note, string_agg(price::text, ', ' ORDER BY id) AS prices
-- FROM orders
-- GROUP BY note

stream table public.summary
mode         DIFFERENTIAL
keeps        groups by their keys, evaluated again when they change: string_agg(.. ORDER BY ..) cannot be merged
reads        public.orders, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    note text,
    prices text
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (note) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    __pgt_k1 text
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the table from the query. [coordinator]
INSERT INTO public.summary (note, prices)
SELECT query.note, query.prices
FROM (
SELECT note, string_agg(price::text, ', ' ORDER BY id) AS prices
FROM orders
GROUP BY note
) AS query (note, prices);

-- When public.orders has changed:
-- Stage the keys of the groups that have changed rows. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (__pgt_k1)
SELECT DISTINCT delta.__pgt_k1
FROM (
    SELECT orders_delta.note AS __pgt_k1
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta;
-- Delete these groups. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE target.note = changed.__pgt_k1;
-- Delete these groups (keys with NULL). [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS changed
WHERE target.note IS NULL
  AND changed.__pgt_k1 IS NULL;
-- Evaluate these groups again. [coordinator]
INSERT INTO public.summary (note, prices)
SELECT o.note, string_agg(o.price::text, ', ' ORDER BY o.id) AS prices
FROM public.orders o
  JOIN pgtrickle_state.summary_c7d2017f_delta changed ON o.note = changed.__pgt_k1
GROUP BY o.note;
-- Evaluate these groups again (keys with NULL). [coordinator]
INSERT INTO public.summary (note, prices)
SELECT o.note, string_agg(o.price::text, ', ' ORDER BY o.id) AS prices
FROM public.orders o
  JOIN pgtrickle_state.summary_c7d2017f_delta changed ON o.note IS NULL AND changed.__pgt_k1 IS NULL
GROUP BY o.note;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.note, stored.prices, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.note, query.prices, -1
        FROM (
SELECT note, string_agg(price::text, ', ' ORDER BY id) AS prices
FROM orders
GROUP BY note
) AS query (note, prices)
    ) AS both_sides (c1, c2, weight)
    GROUP BY c1, c2
    HAVING sum(both_sides.weight) <> 0
) AS difference;
