SELECT id, status AS state
FROM public.orders
WHERE amount > 5
