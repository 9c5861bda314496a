-- SELECT c.id, c.name, r.name AS region
-- FROM customers c
-- JOIN regions r ON r.id = c.region

stream table public.summary
mode         DIFFERENTIAL
keeps        rows by their key (id)
distributed  by id
reads        public.customers, distributed by id in co-location group 7
reads        public.regions, a reference table, through its mirror pgtrickle_state.regions_cfe34bbc_mirror

-- To create it:
CREATE TABLE public.summary (
    id integer,
    name text,
    region text
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;
SELECT create_distributed_table('public.summary', 'id', colocate_with => 'public.customers');
CREATE UNIQUE INDEX summary_c7d2017f_key ON public.summary (id) NULLS NOT DISTINCT;
CREATE TABLE pgtrickle_state.summary_c7d2017f_delta (
    id integer,
    name text,
    region text,
    __pgt_weight bigint
);
ALTER TABLE pgtrickle_state.summary_c7d2017f_delta REPLICA IDENTITY FULL;
SELECT create_distributed_table('pgtrickle_state.summary_c7d2017f_delta', 'id', colocate_with => 'public.customers');

-- To fill it:
-- Fill the table from the query. [colocated]
INSERT INTO public.summary (id, name, region)
SELECT query.id, query.name, query.region
FROM (
SELECT c.id, c.name, regions.name AS region
FROM public.customers c
  JOIN pgtrickle_state.regions_cfe34bbc_mirror regions ON regions.id = c.region
) AS query (id, name, region);

-- When public.customers has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (id, name, region, __pgt_weight)
SELECT delta.id,
       delta.name,
       delta.region,
       sum(delta.__pgt_weight)
FROM (
    SELECT
      customers_delta.id,
      customers_delta.name,
      regions.name AS region,
      customers_delta.__pgt_weight
    FROM pgtrickle_changes.customers_b9520287 customers_delta
      JOIN pgtrickle_state.regions_cfe34bbc_mirror regions ON regions.id = customers_delta.region
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.id, delta.name, delta.region
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [colocated]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.id = gone.id
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.id = gone.id);
-- Write the rows that are new or have new values. [colocated]
INSERT INTO public.summary AS target (id, name, region)
SELECT fresh.id, fresh.name, fresh.region
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name,
    region = EXCLUDED.region;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.regions has changed:
-- Stage the net change of every row. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (id, name, region, __pgt_weight)
SELECT delta.id,
       delta.name,
       delta.region,
       sum(delta.__pgt_weight)
FROM (
    SELECT c.id, c.name, regions_delta.name AS region, regions_delta.__pgt_weight
    FROM public.customers c
      JOIN pgtrickle_changes.regions_cfe34bbc regions_delta ON regions_delta.id = c.region
    WHERE regions_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.id, delta.name, delta.region
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [colocated]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.id = gone.id
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.id = gone.id);
-- Write the rows that are new or have new values. [colocated]
INSERT INTO public.summary AS target (id, name, region)
SELECT fresh.id, fresh.name, fresh.region
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name,
    region = EXCLUDED.region;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- When public.customers and public.regions have changed:
-- Stage the net change of every row. If there is nothing, the program ends. [colocated]
INSERT INTO pgtrickle_state.summary_c7d2017f_delta (id, name, region, __pgt_weight)
SELECT delta.id,
       delta.name,
       delta.region,
       sum(delta.__pgt_weight)
FROM (
    SELECT
      customers_delta.id,
      customers_delta.name,
      regions.name AS region,
      customers_delta.__pgt_weight
    FROM pgtrickle_changes.customers_b9520287 customers_delta
      JOIN pgtrickle_state.regions_cfe34bbc_mirror regions ON regions.id = customers_delta.region
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT c.id, c.name, regions_delta.name AS region, regions_delta.__pgt_weight
    FROM public.customers c
      JOIN pgtrickle_changes.regions_cfe34bbc regions_delta ON regions_delta.id = c.region
    WHERE regions_delta.__pgt_epoch > :__pgt_from_epoch

    UNION ALL

    SELECT
      customers_delta.id,
      customers_delta.name,
      regions_delta.name AS region,
      -(customers_delta.__pgt_weight * regions_delta.__pgt_weight) AS __pgt_weight
    FROM pgtrickle_changes.customers_b9520287 customers_delta
      JOIN pgtrickle_changes.regions_cfe34bbc regions_delta ON regions_delta.id = customers_delta.region
    WHERE customers_delta.__pgt_epoch > :__pgt_from_epoch
      AND regions_delta.__pgt_epoch > :__pgt_from_epoch
) AS delta
GROUP BY delta.id, delta.name, delta.region
HAVING sum(delta.__pgt_weight) <> 0;
-- Delete the rows whose key is gone. [colocated]
DELETE FROM public.summary AS target
USING pgtrickle_state.summary_c7d2017f_delta AS gone
WHERE gone.__pgt_weight < 0
  AND target.id = gone.id
  AND NOT EXISTS (SELECT 1 FROM pgtrickle_state.summary_c7d2017f_delta AS back
                  WHERE back.__pgt_weight > 0
                    AND back.id = gone.id);
-- Write the rows that are new or have new values. [colocated]
INSERT INTO public.summary AS target (id, name, region)
SELECT fresh.id, fresh.name, fresh.region
FROM pgtrickle_state.summary_c7d2017f_delta AS fresh
WHERE fresh.__pgt_weight > 0
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name,
    region = EXCLUDED.region;
-- Empty the staging table. [colocated]
DELETE FROM pgtrickle_state.summary_c7d2017f_delta;

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.id, stored.name, stored.region, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.id, query.name, query.region, -1
        FROM (
SELECT c.id, c.name, regions.name AS region
FROM public.customers c
  JOIN pgtrickle_state.regions_cfe34bbc_mirror regions ON regions.id = c.region
) AS query (id, name, region)
    ) AS both_sides (c1, c2, c3, weight)
    GROUP BY c1, c2, c3
    HAVING sum(both_sides.weight) <> 0
) AS difference;
