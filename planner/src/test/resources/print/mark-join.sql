SELECT c.id
FROM public.customers c
WHERE NOT (c.region_id IN (SELECT customer_id FROM public.orders)) OR c.name IS NULL
