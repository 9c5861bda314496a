SELECT max(id) + max(id) AS "$f0", min(id) AS "ééééééééééééééééééééééééééééééé"
FROM public.orders
HAVING max(id) IS NOT NULL
