SELECT 1::integer AS one, 'x'::text AS x, id + 1 AS next, count(*) AS c
FROM public.orders
GROUP BY 1::integer, 'x'::text, id + 1
ORDER BY next
