-- SELECT note FROM orders UNION ALL SELECT name FROM customers

stream table public.summary
mode         DIFFERENTIAL
keeps        a bag: rows by a hash of all columns, duplicates numbered
reads        public.orders, on the coordinator
reads        public.customers, on the coordinator

-- To create it:
CREATE TABLE public.summary (
    note text,
    __pgt_row_id bigint,
    __pgt_dup integer
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE INDEX summary_c7d2017f_row ON public.summary (__pgt_row_id);
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    note text,
    __pgt_weight bigint,
    __pgt_row_id bigint,
    __pgt_copies bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;

-- To fill it:
-- Fill the table from the query. [coordinator]
INSERT INTO public.summary (note, __pgt_row_id, __pgt_dup)
SELECT query.note,
       hash_record_extended(ROW(query.note), 0),
       row_number() OVER (PARTITION BY query.note)
FROM (
SELECT note FROM orders UNION ALL SELECT name FROM customers
) AS query (note);

-- When public.orders has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (note, __pgt_weight)
SELECT delta.note,
       sum(delta.__pgt_weight)
FROM (
    SELECT orders_delta.note, orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.note
HAVING sum(delta.__pgt_weight) <> 0;
-- Hash the staged rows and count the copies that the table has of each. [coordinator]
UPDATE pgtrickle_state.summary_c7d2017f_delta AS staged
SET __pgt_row_id = hash_record_extended(ROW(staged.note), 0),
    __pgt_copies = (SELECT count(*) FROM public.summary AS target
        WHERE target.__pgt_row_id = hash_record_extended(ROW(staged.note), 0)
          AND target.note IS NOT DISTINCT FROM staged.note);
-- Delete as many copies as have gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.__pgt_row_id = gone.__pgt_row_id
  AND target.note IS NOT DISTINCT FROM gone.note
  AND target.__pgt_dup > gone.__pgt_copies + gone.__pgt_weight;
-- Add as many copies as have come. [coordinator]
INSERT INTO public.summary (note, __pgt_row_id, __pgt_dup)
SELECT fresh.note, fresh.__pgt_row_id, fresh.__pgt_copies + copy.number
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
  CROSS JOIN LATERAL generate_series(1, fresh.__pgt_weight) AS copy (number)
WHERE fresh.__pgt_weight > 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (note, __pgt_weight)
SELECT delta.note,
       sum(delta.__pgt_weight)
FROM (
    SELECT customers_delta.name AS note, customers_delta.__pgt_weight
    FROM pgtrickle_changes.customers_b9520287 customers_delta
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.note
HAVING sum(delta.__pgt_weight) <> 0;
-- Hash the staged rows and count the copies that the table has of each. [coordinator]
UPDATE pgtrickle_state.summary_c7d2017f_delta AS staged
SET __pgt_row_id = hash_record_extended(ROW(staged.note), 0),
    __pgt_copies = (SELECT count(*) FROM public.summary AS target
        WHERE target.__pgt_row_id = hash_record_extended(ROW(staged.note), 0)
          AND target.note IS NOT DISTINCT FROM staged.note);
-- Delete as many copies as have gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.__pgt_row_id = gone.__pgt_row_id
  AND target.note IS NOT DISTINCT FROM gone.note
  AND target.__pgt_dup > gone.__pgt_copies + gone.__pgt_weight;
-- Add as many copies as have come. [coordinator]
INSERT INTO public.summary (note, __pgt_row_id, __pgt_dup)
SELECT fresh.note, fresh.__pgt_row_id, fresh.__pgt_copies + copy.number
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
  CROSS JOIN LATERAL generate_series(1, fresh.__pgt_weight) AS copy (number)
WHERE fresh.__pgt_weight > 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers and public.orders have changed:
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (note, __pgt_weight)
SELECT delta.note,
       sum(delta.__pgt_weight)
FROM (
    SELECT orders_delta.note, orders_delta.__pgt_weight
    FROM pgtrickle_changes.orders_4ebb45ac orders_delta
    WHERE orders_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT customers_delta.name AS note, customers_delta.__pgt_weight
    FROM pgtrickle_changes.customers_b9520287 customers_delta
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.note
HAVING sum(delta.__pgt_weight) <> 0;
-- Hash the staged rows and count the copies that the table has of each. [coordinator]
UPDATE pgtrickle_state.summary_c7d2017f_delta AS staged
SET __pgt_row_id = hash_record_extended(ROW(staged.note), 0),
    __pgt_copies = (SELECT count(*) FROM public.summary AS target
        WHERE target.__pgt_row_id = hash_record_extended(ROW(staged.note), 0)
          AND target.note IS NOT DISTINCT FROM staged.note);
-- Delete as many copies as have gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.__pgt_row_id = gone.__pgt_row_id
  AND target.note IS NOT DISTINCT FROM gone.note
  AND target.__pgt_dup > gone.__pgt_copies + gone.__pgt_weight;
-- Add as many copies as have come. [coordinator]
INSERT INTO public.summary (note, __pgt_row_id, __pgt_dup)
SELECT fresh.note, fresh.__pgt_row_id, fresh.__pgt_copies + copy.number
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
  CROSS JOIN LATERAL generate_series(1, fresh.__pgt_weight) AS copy (number)
WHERE fresh.__pgt_weight > 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.note, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.note, -1
        FROM (
SELECT note FROM orders UNION ALL SELECT name FROM customers
) AS query (note)
    ) AS both_sides (c1, weight)
    GROUP BY c1
    HAVING sum(both_sides.weight) <> 0
) AS difference;
