SELECT c, count(*) AS n
FROM (
  SELECT count(*) AS c
  FROM public.orders
  GROUP BY customer_id
) o
GROUP BY c
ORDER BY n
LIMIT 3
