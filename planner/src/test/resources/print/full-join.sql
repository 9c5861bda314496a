SELECT o.id, c.name
FROM (
  SELECT id, customer_id
  FROM public.orders
  WHERE amount IS NOT NULL
) o
  FULL JOIN public.customers c ON o.customer_id = c.id
