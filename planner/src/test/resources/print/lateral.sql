SELECT c.name, o.amount
FROM public.customers c
  LEFT JOIN LATERAL (
    SELECT o2.amount
    FROM public.orders o2
    WHERE o2.customer_id = c.id
    ORDER BY amount DESC
    LIMIT 2
  ) o ON TRUE
