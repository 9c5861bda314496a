-- changes of orders
-- with their customers
SELECT delta.id, live.name
FROM
  -- the new rows
  (
    SELECT *
    FROM orders
    WHERE id > 5
  ) delta
  JOIN public.customers live ON delta.customer_id = live.id
  JOIN public.regions r ON live.region_id = r.id
