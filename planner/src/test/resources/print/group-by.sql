SELECT r.name AS region, count(*) AS orders, sum(o.amount) AS total
FROM public.orders o
  JOIN public.customers c ON o.customer_id = c.id
  JOIN public.regions r ON c.region_id = r.id
GROUP BY r.name
HAVING count(*) > 1
