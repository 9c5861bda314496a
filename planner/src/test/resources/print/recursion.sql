SELECT n
FROM (
  WITH RECURSIVE t(n) AS (
    SELECT 1 AS n

    UNION ALL

    SELECT n + 1 AS n
    FROM t
    WHERE n < 5
  )
  SELECT n
  FROM t
) t
WHERE n > 2
