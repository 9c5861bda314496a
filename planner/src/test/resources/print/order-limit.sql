SELECT id, note AS status, status AS status0
FROM public.orders
ORDER BY status DESC, status0 NULLS FIRST, id
LIMIT 10
OFFSET 5
