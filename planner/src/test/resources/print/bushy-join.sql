SELECT o.id, c.name
FROM public.orders o
  JOIN public.customers c ON o.customer_id = c.id
  JOIN public.regions r ON c.region_id = r.id
