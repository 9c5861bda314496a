SELECT o.id, c.name
FROM public.orders o
  LEFT JOIN (
    public.customers c
    JOIN public.regions r ON c.region_id = r.id
  ) ON o.customer_id = c.id
