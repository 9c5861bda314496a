SELECT c.id, c.name, c.region_id
FROM public.customers c
WHERE EXISTS (SELECT 1 FROM public.orders o WHERE c.id = o.customer_id)
  AND NOT EXISTS (SELECT 1 FROM public.regions r WHERE c.region_id = r.id)
