-- two
-- all orders
SELECT src.id AS "the id"
FROM public.orders src

UNION ALL

-- once more
SELECT src.id AS "the id"
FROM public.orders src
  JOIN public.customers src2 ON src.id = src2.id
