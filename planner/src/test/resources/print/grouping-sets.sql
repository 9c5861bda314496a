SELECT
  customer_id,
  status,
  count(*) FILTER (WHERE note IS NOT NULL) AS c,
  count(DISTINCT status) AS d
FROM public.orders
GROUP BY GROUPING SETS ((customer_id, status), (customer_id), ())
