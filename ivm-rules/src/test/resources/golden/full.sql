-- SELECT o.id, c.name
-- FROM orders o
-- LEFT JOIN customers c ON c.id = o.customer_id

stream table public.summary
mode         FULL
keeps        the whole result, replaced
reads        public.orders, on the coordinator
reads        public.customers, on the coordinator
refreshed in full because of LEFT JOIN (line 2, column 6): Outer joins have no delta rule yet.
    HINT: Write an inner join when rows without a partner are not needed.

-- To create it:
CREATE TABLE public.summary (
    id integer,
    name text
);
ALTER TABLE public.summary REPLICA IDENTITY FULL;

-- To fill it:
-- Evaluate the query. [coordinator]
INSERT INTO public.summary (id, name)
SELECT query.id, query.name
FROM (
SELECT o.id, c.name
FROM orders o
LEFT JOIN customers c ON c.id = o.customer_id
) AS query (id, name);

-- When public.customers and public.orders have changed:
-- Empty public.summary. [coordinator]
DELETE FROM public.summary;
-- Evaluate the query. [coordinator]
INSERT INTO public.summary (id, name)
SELECT query.id, query.name
FROM (
SELECT o.id, c.name
FROM orders o
LEFT JOIN customers c ON c.id = o.customer_id
) AS query (id, name);

-- To verify it:
SELECT coalesce(sum(abs(difference.weight)), 0)::bigint
FROM (
    SELECT sum(both_sides.weight) AS weight
    FROM (
        SELECT stored.id, stored.name, 1
        FROM public.summary AS stored
        UNION ALL
        SELECT query.id, query.name, -1
        FROM (
SELECT o.id, c.name
FROM orders o
LEFT JOIN customers c ON c.id = o.customer_id
) AS query (id, name)
    ) AS both_sides (c1, c2, weight)
    GROUP BY c1, c2
    HAVING sum(both_sides.weight) <> 0
) AS difference;
