SELECT u.customer_id
FROM (
  SELECT customer_id
  FROM public.orders

  UNION

  SELECT id AS customer_id
  FROM public.customers
) u
WHERE EXISTS (SELECT 1 FROM public.regions r WHERE u.customer_id = r.id)
