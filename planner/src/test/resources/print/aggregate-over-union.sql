SELECT status, sum(amount) AS total
FROM (
  SELECT amount, status
  FROM public.orders

  UNION ALL

  SELECT amount, status
  FROM public.orders
) u
GROUP BY status
