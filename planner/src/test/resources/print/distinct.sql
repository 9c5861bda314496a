SELECT DISTINCT status, customer_id
FROM public.orders
