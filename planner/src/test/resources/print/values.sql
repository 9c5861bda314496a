SELECT a, b
FROM (
  VALUES (1, 'x'::text), (NULL, 'y')
) AS v(a, b)
WHERE a IS NOT NULL
