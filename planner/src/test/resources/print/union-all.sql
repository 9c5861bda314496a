SELECT c.name, 'branch 0'::text AS branch, o.amount
FROM public.orders o
  JOIN public.customers c ON o.customer_id = c.id

UNION ALL

SELECT c.name, 'branch 1'::text AS branch, o.amount
FROM public.orders o
  JOIN public.customers c ON o.customer_id = c.id

UNION ALL

SELECT c.name, 'branch 2'::text AS branch, o.amount
FROM public.orders o
  JOIN public.customers c ON o.customer_id = c.id
