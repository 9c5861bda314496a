(
  (
    SELECT id
    FROM public.orders

    UNION

    SELECT id
    FROM public.customers
  )

  EXCEPT ALL

  SELECT id
  FROM public.regions
)

INTERSECT

SELECT id
FROM public.orders

ORDER BY 1 DESC
LIMIT 3
OFFSET 1
