SELECT
  id,
  customer_id,
  CASE
    WHEN status = 'a rather long status' THEN 'one rather long text'
    WHEN status = 'another one' THEN 'two'
    ELSE note
  END AS kind
FROM public.orders
WHERE (status = 'a rather long status' OR (note IS NULL AND amount IS NULL))
  AND note = 'something that makes it longer'
