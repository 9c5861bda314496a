SELECT o.id, c.one
FROM public.orders o
  LEFT JOIN (
    SELECT id, 1 AS one
    FROM public.customers
  ) c ON o.customer_id = c.id
