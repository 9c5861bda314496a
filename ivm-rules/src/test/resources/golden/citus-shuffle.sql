-- SELECT e.kind, p.title, e.value
-- FROM events e
-- JOIN products p ON p.id = e.value

stream table public.summary
mode         DIFFERENTIAL
keeps        a bag: rows by a hash of all columns, duplicates numbered
reads        public.events, distributed by kind in co-location group 8
reads        public.products, distributed by id in co-location group 10

-- To create it:
CREATE TABLE public.summary (
    kind text,
    title text,
    value integer,
    __pgt_row_id bigint,
    __pgt_dup integer
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
CREATE INDEX summary_c7d2017f_row ON public.summary (__pgt_row_id);
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    kind text,
    title text,
    value integer,
    __pgt_weight bigint,
    __pgt_row_id bigint,
    __pgt_copies bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;
CREATE TABLE pgtrickle_state.summary_c7d2017f_terms (
    kind text,
    title text,
    value integer,
    __pgt_weight integer
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_terms REPLICA IDENTITY FULL;
CREATE TABLE pgtrickle_state.summary_c7d2017f_moved_1 (
    __pgt_to bigint,
    kind text,
    value integer,
    __pgt_weight integer
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_moved_1 REPLICA IDENTITY FULL;
SELECT create_distributed_table('pgtrickle_state.summary_c7d2017f_moved_1', '__pgt_to', colocate_with => 'public.products');

-- To fill it:
-- Fill the table from the query. [repartition]
INSERT INTO public.summary (kind, title, value, __pgt_row_id, __pgt_dup)
SELECT query.kind, query.title, query.value,
       hash_record_extended(ROW(query.kind, query.title, query.value), 0),
       row_number() OVER (PARTITION BY query.kind, query.title, query.value)
FROM (
SELECT moved.kind, p.title, moved.value
FROM (
  SELECT kind, value
  FROM public.events
  OFFSET 0
) moved
  JOIN public.products p ON p.id = moved.value
) AS query (kind, title, value);

-- When public.events has changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Send the changes of events to the shards of products. [shuffle]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, kind, value, __pgt_weight)
SELECT
  events_delta.value AS __pgt_to,
  events_delta.kind,
  events_delta.value,
  events_delta.__pgt_weight
FROM pgtrickle_changes.events_738146fc events_delta
WHERE events_delta.__pgt_epoch > :__pgt_from_epoch AND events_delta.value IS NOT NULL;
-- Join the changes of events with products. [two-phase]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, title, value, __pgt_weight)
SELECT moved.kind, p.title, moved.value, moved.__pgt_weight
FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
  JOIN public.products p ON p.id = moved.value AND moved.__pgt_to = p.id;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (kind, title, value, __pgt_weight)
SELECT delta.kind,
       delta.title,
       delta.value,
       sum(delta.__pgt_weight)
FROM (
    SELECT terms.kind, terms.title, terms.value, terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.kind, delta.title, delta.value
HAVING sum(delta.__pgt_weight) <> 0;
-- Hash the staged rows and count the copies that the table has of each. [coordinator]
UPDATE pgtrickle_state.summary_c7d2017f_delta AS staged
SET __pgt_row_id = hash_record_extended(ROW(staged.kind, staged.title, staged.value), 0),
    __pgt_copies = (SELECT count(*) FROM public.summary AS target
        WHERE target.__pgt_row_id = hash_record_extended(ROW(staged.kind, staged.title, staged.value), 0)
          AND target.kind IS NOT DISTINCT FROM staged.kind
          AND target.title IS NOT DISTINCT FROM staged.title
          AND target.value IS NOT DISTINCT FROM staged.value);
-- Delete as many copies as have gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.__pgt_row_id = gone.__pgt_row_id
  AND target.kind IS NOT DISTINCT FROM gone.kind
  AND target.title IS NOT DISTINCT FROM gone.title
  AND target.value IS NOT DISTINCT FROM gone.value
  AND target.__pgt_dup > gone.__pgt_copies + gone.__pgt_weight;
-- Add as many copies as have come. [coordinator]
INSERT INTO public.summary (kind, title, value, __pgt_row_id, __pgt_dup)
SELECT fresh.kind, fresh.title, fresh.value, fresh.__pgt_row_id, fresh.__pgt_copies + copy.number
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
  CROSS JOIN LATERAL generate_series(1, fresh.__pgt_weight) AS copy (number)
WHERE fresh.__pgt_weight > 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.products has changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Join the changes of products, on every node, with events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, title, value, __pgt_weight)
SELECT e.kind, moved.title, e.value, moved.__pgt_weight
FROM (
  SELECT products_delta.id, products_delta.title, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.events e ON moved.id = e.value;
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (kind, title, value, __pgt_weight)
SELECT delta.kind,
       delta.title,
       delta.value,
       sum(delta.__pgt_weight)
FROM (
    SELECT terms.kind, terms.title, terms.value, terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.kind, delta.title, delta.value
HAVING sum(delta.__pgt_weight) <> 0;
-- Hash the staged rows and count the copies that the table has of each. [coordinator]
UPDATE pgtrickle_state.summary_c7d2017f_delta AS staged
SET __pgt_row_id = hash_record_extended(ROW(staged.kind, staged.title, staged.value), 0),
    __pgt_copies = (SELECT count(*) FROM public.summary AS target
        WHERE target.__pgt_row_id = hash_record_extended(ROW(staged.kind, staged.title, staged.value), 0)
          AND target.kind IS NOT DISTINCT FROM staged.kind
          AND target.title IS NOT DISTINCT FROM staged.title
          AND target.value IS NOT DISTINCT FROM staged.value);
-- Delete as many copies as have gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.__pgt_row_id = gone.__pgt_row_id
  AND target.kind IS NOT DISTINCT FROM gone.kind
  AND target.title IS NOT DISTINCT FROM gone.title
  AND target.value IS NOT DISTINCT FROM gone.value
  AND target.__pgt_dup > gone.__pgt_copies + gone.__pgt_weight;
-- Add as many copies as have come. [coordinator]
INSERT INTO public.summary (kind, title, value, __pgt_row_id, __pgt_dup)
SELECT fresh.kind, fresh.title, fresh.value, fresh.__pgt_row_id, fresh.__pgt_copies + copy.number
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
  CROSS JOIN LATERAL generate_series(1, fresh.__pgt_weight) AS copy (number)
WHERE fresh.__pgt_weight > 0;
-- Empty the staging table. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.events and public.products have changed:
-- Empty the table of terms. [coordinator]
DELETE FROM pgtrickle_state.summary_c7d2017f_terms;
-- Send the changes of events to the shards of products. [shuffle]
INSERT INTO pgtrickle_state.summary_c7d2017f_moved_1 (__pgt_to, kind, value, __pgt_weight)
SELECT
  events_delta.value AS __pgt_to,
  events_delta.kind,
  events_delta.value,
  events_delta.__pgt_weight
FROM pgtrickle_changes.events_738146fc events_delta
WHERE events_delta.__pgt_epoch > :__pgt_from_epoch AND events_delta.value IS NOT NULL;
-- Join the changes of events with products. [two-phase]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, title, value, __pgt_weight)
SELECT moved.kind, p.title, moved.value, moved.__pgt_weight
FROM pgtrickle_state.summary_c7d2017f_moved_1 moved
  JOIN public.products p ON p.id = moved.value AND moved.__pgt_to = p.id;
-- Empty the table that they came through. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_moved_1;
-- Join the changes of products, on every node, with events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, title, value, __pgt_weight)
SELECT e.kind, moved.title, e.value, moved.__pgt_weight
FROM (
  SELECT products_delta.id, products_delta.title, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN public.events e ON moved.id = e.value;
-- Join the changes of products, on every node, with events, less what is new in events. [broadcast]
INSERT INTO pgtrickle_state.summary_c7d2017f_terms (kind, title, value, __pgt_weight)
SELECT
  events_delta.kind,
  moved.title,
  events_delta.value,
  -(moved.__pgt_weight * events_delta.__pgt_weight) AS __pgt_weight
FROM (
  SELECT products_delta.id, products_delta.title, products_delta.__pgt_weight
  FROM pgtrickle_changes.products_783be8b7 products_delta
  WHERE products_delta.__pgt_epoch > :__pgt_from_epoch
  OFFSET 0
) moved
  JOIN pgtrickle_changes.events_738146fc events_delta ON moved.id = events_delta.value
WHERE events_delta.__pgt_epoch > :__pgt_from_epoch;
-- Stage the net change of every row. If there is nothing, the program ends. [coordinator]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (kind, title, value, __pgt_weight)
SELECT delta.kind,
       delta.title,
       delta.value,
       sum(delta.__pgt_weight)
FROM (
    SELECT terms.kind, terms.title, terms.value, terms.__pgt_weight
    FROM pgtrickle_state.summary_c7d2017f_terms terms
) AS delta
GROUP BY delta.kind, delta.title, delta.value
HAVING sum(delta.__pgt_weight) <> 0;
-- Hash the staged rows and count the copies that the table has of each. [coordinator]
UPDATE pgtrickle_state.summary_c7d2017f_delta AS staged
SET __pgt_row_id = hash_record_extended(ROW(staged.kind, staged.title, staged.value), 0),
    __pgt_copies = (SELECT count(*) FROM public.summary AS target
        WHERE target.__pgt_row_id = hash_record_extended(ROW(staged.kind, staged.title, staged.value), 0)
          AND target.kind IS NOT DISTINCT FROM staged.kind
          AND target.title IS NOT DISTINCT FROM staged.title
          AND target.value IS NOT DISTINCT FROM staged.value);
-- Delete as many copies as have gone. [coordinator]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.__pgt_row_id = gone.__pgt_row_id
  AND target.kind IS NOT DISTINCT FROM gone.kind
  AND target.title IS NOT DISTINCT FROM gone.title
  AND target.value IS NOT DISTINCT FROM gone.value
  AND target.__pgt_dup > gone.__pgt_copies + gone.__pgt_weight;
-- Add as many copies as have come. [coordinator]
INSERT INTO public.summary (kind, title, value, __pgt_row_id, __pgt_dup)
SELECT fresh.kind, fresh.title, fresh.value, fresh.__pgt_row_id, fresh.__pgt_copies + copy.number
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
        SELECT stored.kind, stored.title, stored.value, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.kind, query.title, query.value, -1
        FROM (
SELECT moved.kind, p.title, moved.value
FROM (
  SELECT kind, value
  FROM public.events
  OFFSET 0
) moved
  JOIN public.products p ON p.id = moved.value
) AS query (kind, title, value)
    ) AS both_sides (c1, c2, c3, weight)
    GROUP BY c1, c2, c3
    HAVING sum(both_sides.weight) <> 0
) AS difference;
