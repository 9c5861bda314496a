SELECT c.id, c.name, c.region_id
FROM public.customers c
WHERE EXISTS (SELECT 1 FROM public.orders o WHERE o.customer_id = c.id) OR c.region_id IS NULL
