-- What each customer has bought.
SELECT o.customer_id, c.name, count(*) AS orders, sum(o.amount) AS revenue
  FROM customers c
  JOIN orders o ON o.customer_id = c.id
 GROUP BY o.customer_id, c.name;
