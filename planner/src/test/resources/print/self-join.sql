SELECT o.id, o2.id AS id0
FROM public.orders o
  JOIN public.orders o2 ON o.id = o2.customer_id
  CROSS JOIN public.order_lines ol
  CROSS JOIN public.orders o3
