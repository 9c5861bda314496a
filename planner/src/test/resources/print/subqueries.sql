SELECT o.id, o.amount - (SELECT max(amount) FROM public.orders) AS less
FROM public.orders o
WHERE o.customer_id IN (SELECT id FROM public.customers)
  AND (o.id, o.customer_id) NOT IN (
    SELECT order_id, qty
    FROM public.order_lines
    WHERE price IS NOT NULL
  )
