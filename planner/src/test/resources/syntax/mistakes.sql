SELECT a FROM
----
SELECT a FORM t WHERE b
----
SELECT a,
 FROM t
----
SELECT 'é😀', a a2 a3 FROM t
----
SELECT a FROM t WHERE a = b = a
----
SELECT a FROM t ORDER a
----
SELECT count(* FROM t
----
SELECT a FROM t LIMIT 1 LIMIT 2
----
SELECT 12abc
----
SELECT 0x
----
SELECT 1__0
----
SELECT ""
----
SELECT 'a' 'b'
----
SELECT a FROM t GROUP a
----
SELECT CASE a END FROM t
----
SELECT f(VARIADIC a, b) FROM t
----
SELECT nope FROM t
----
SELECT u.a FROM t
----
SELECT a FROM nowhere
----
SELECT
  a
FROM t
WHERE nope > 1
----
SELECT nope(a) FROM t
----
SELECT a, count(*) FROM t
----
SELECT a FROM t WHERE count(*) > 1
----
SELECT a FROM t x JOIN t y ON true
----
SELECT a FROM t UNION SELECT a, b FROM t
----
SELECT a FROM t WHERE a
----
SELECT * FROM t ORDER BY 9
----
SELECT row_number() FROM t
----
SELECT DISTINCT FROM t