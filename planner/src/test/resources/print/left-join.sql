SELECT o.id, c.name
FROM public.orders o
  LEFT JOIN public.customers c ON o.customer_id = c.id AND c.name IS NOT NULL
WHERE o.amount IS NOT NULL
