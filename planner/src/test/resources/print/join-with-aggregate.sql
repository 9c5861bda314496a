SELECT c.name, o.total
FROM public.customers c
  JOIN (
    SELECT customer_id, sum(amount) AS total
    FROM public.orders
    GROUP BY customer_id
  ) o ON c.id = o.customer_id
