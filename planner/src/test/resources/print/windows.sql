SELECT id, n, s, t
FROM (
  SELECT
    id,
    row_number() OVER (PARTITION BY customer_id ORDER BY amount DESC, id) AS n,
    sum(amount) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS s,
    sum(amount) OVER () AS t
  FROM public.orders
) o
WHERE n = 1
