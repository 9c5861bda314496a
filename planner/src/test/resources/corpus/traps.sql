-- @using_where_full the merged column in WHERE
SELECT id FROM (SELECT id FROM emp WHERE id < 4) a FULL JOIN (SELECT id + 2 AS id FROM dept) b USING (id) WHERE id > 1;
-- @using_where_right
SELECT id FROM (SELECT id FROM emp WHERE id < 2) a RIGHT JOIN (SELECT id FROM dept) b USING (id) WHERE id > 1;
-- @using_three
SELECT id, x, y, z FROM (SELECT id, name AS x FROM emp) a JOIN (SELECT id, name AS y FROM dept) b USING (id) JOIN (SELECT id, budget AS z FROM dept) c USING (id);
-- @using_three_full
SELECT id, x, y, z FROM (SELECT id, name AS x FROM emp WHERE id > 4) a FULL JOIN (SELECT id, name AS y FROM dept WHERE id < 2) b USING (id) FULL JOIN (SELECT id, budget AS z FROM dept WHERE id = 3) c USING (id);
-- @using_group
SELECT id, count(*) AS c FROM (SELECT id FROM emp) a FULL JOIN (SELECT id + 3 AS id FROM dept) b USING (id) GROUP BY id;
-- @using_order
SELECT id FROM (SELECT id FROM emp) a FULL JOIN (SELECT id + 5 AS id FROM dept) b USING (id) ORDER BY id DESC;
-- @using_types
SELECT id, pg_typeof(id)::text AS t FROM (SELECT id FROM emp) a JOIN (SELECT id::bigint AS id FROM dept) b USING (id);
-- @using_two_columns
SELECT * FROM (SELECT id, dept_id AS d, name FROM emp) a LEFT JOIN (SELECT id, id AS d, name AS dn FROM dept) b USING (id, d);
-- @natural_three
SELECT * FROM (SELECT id, name AS a FROM dept) x NATURAL JOIN (SELECT id, budget AS b FROM dept) y NATURAL LEFT JOIN (SELECT id, parent_id AS c FROM dept WHERE id > 2) z;
-- @using_in_subquery
SELECT count(*) AS c FROM (SELECT id FROM emp a FULL JOIN dept b USING (id) WHERE id IS NOT NULL) s;
-- @using_qualified
SELECT a.id AS x, b.id AS y, id FROM (SELECT id FROM emp) a LEFT JOIN (SELECT id FROM dept) b USING (id);
-- @exists_nested
SELECT d.id FROM dept d WHERE EXISTS (SELECT 1 FROM emp e WHERE e.dept_id = d.id AND EXISTS (SELECT 1 FROM edge g WHERE g.src = e.id AND g.w > d.id));
-- @exists_nested_deep
SELECT d.id FROM dept d WHERE EXISTS (SELECT 1 FROM emp e WHERE EXISTS (SELECT 1 FROM edge g WHERE g.src = e.id AND g.dst = d.id));
-- @not_exists_nested
SELECT d.id FROM dept d WHERE NOT EXISTS (SELECT 1 FROM emp e WHERE e.dept_id = d.id AND NOT EXISTS (SELECT 1 FROM edge g WHERE g.src = e.id));
-- @exists_noneq
SELECT a.id FROM emp a WHERE EXISTS (SELECT 1 FROM emp b WHERE b.salary > a.salary AND b.dept_id <> a.dept_id);
-- @exists_agg
SELECT d.id FROM dept d WHERE EXISTS (SELECT max(e.id) FROM emp e WHERE e.dept_id = d.id);
-- @exists_group
SELECT d.id FROM dept d WHERE EXISTS (SELECT e.dept_id FROM emp e WHERE e.dept_id = d.id GROUP BY e.dept_id HAVING count(*) > 1);
-- @exists_limit
SELECT d.id FROM dept d WHERE EXISTS (SELECT 1 FROM emp e WHERE e.dept_id = d.id ORDER BY e.id LIMIT 1);
-- @exists_limit_zero
SELECT d.id FROM dept d WHERE EXISTS (SELECT 1 FROM emp e WHERE e.dept_id = d.id LIMIT 0);
-- @in_null_left
SELECT id FROM emp WHERE NULL IN (SELECT id FROM dept);
-- @in_literal_left
SELECT id FROM emp WHERE 'eng' IN (SELECT name FROM dept) AND id < 3;
-- @in_expr_rows
SELECT id FROM emp WHERE (dept_id, id) IN (SELECT id, id FROM dept);
-- @in_corr
SELECT d.id FROM dept d WHERE d.id IN (SELECT e.dept_id FROM emp e WHERE e.salary > d.budget OR e.name > d.name);
-- @in_corr_expr
SELECT d.id FROM dept d WHERE 3 IN (SELECT e.id + d.id FROM emp e);
-- @not_in_corr
SELECT d.id FROM dept d WHERE d.id NOT IN (SELECT e.dept_id FROM emp e WHERE e.id < d.id);
-- @not_in_empty
SELECT id, dept_id FROM emp WHERE dept_id NOT IN (SELECT a FROM empty_t);
-- @not_in_null_col
SELECT id FROM emp WHERE dept_id NOT IN (SELECT parent_id FROM dept);
-- @not_not_in
SELECT id FROM emp WHERE NOT (dept_id NOT IN (SELECT id FROM dept));
-- @in_or_null
SELECT id, dept_id IN (SELECT parent_id FROM dept) AS x FROM emp;
-- @in_select_not
SELECT id, dept_id NOT IN (SELECT parent_id FROM dept) AS x, (dept_id IN (SELECT id FROM dept)) IS NULL AS y FROM emp;
-- @exists_select
SELECT d.id, EXISTS (SELECT 1 FROM emp e WHERE e.dept_id = d.id) AS x, NOT EXISTS (SELECT 1 FROM emp e WHERE e.mgr = d.id) AS y FROM dept d;
-- @exists_case
SELECT d.id, CASE WHEN EXISTS (SELECT 1 FROM emp e WHERE e.dept_id = d.id AND e.active) THEN 'some' ELSE 'none' END AS x FROM dept d;
-- @any_less
SELECT id FROM emp WHERE salary < ANY (SELECT budget FROM dept);
-- @all_null
SELECT id FROM emp WHERE dept_id > ALL (SELECT parent_id FROM dept);
-- @all_empty
SELECT id FROM emp WHERE dept_id > ALL (SELECT a FROM empty_t);
-- @some_corr
SELECT d.id FROM dept d WHERE d.budget > SOME (SELECT e.salary FROM emp e WHERE e.dept_id = d.id);
-- @all_corr
SELECT d.id FROM dept d WHERE d.budget >= ALL (SELECT e.salary FROM emp e WHERE e.dept_id = d.id);
-- @scalar_count_where
SELECT d.id FROM dept d WHERE (SELECT count(*) FROM emp e WHERE e.dept_id = d.id) = 0;
-- @scalar_count_expr
SELECT d.id, (SELECT count(*) + 1 FROM emp e WHERE e.dept_id = d.id) AS x FROM dept d;
-- @scalar_sum_coalesce
SELECT d.id, (SELECT coalesce(sum(e.salary), -1) FROM emp e WHERE e.dept_id = d.id) AS x FROM dept d;
-- @scalar_user_agg initcond is not NULL
SELECT d.id, (SELECT my_sum(e.id) FROM emp e WHERE e.dept_id = d.id) AS x FROM dept d;
-- @scalar_regr_count
SELECT d.id, (SELECT regr_count(e.score, e.id) FROM emp e WHERE e.dept_id = d.id) AS x FROM dept d;
-- @scalar_constant
SELECT d.id, (SELECT 7 FROM emp e WHERE e.dept_id = d.id AND e.id = 1) AS x FROM dept d;
-- @scalar_in_join
SELECT e.id, d.id AS did FROM emp e JOIN dept d ON d.id = (SELECT max(x.dept_id) FROM emp x);
-- @scalar_in_join_corr
SELECT e.id, d.id AS did FROM emp e JOIN dept d ON d.budget > (SELECT avg(x.salary) FROM emp x WHERE x.dept_id = e.dept_id);
-- @exists_in_join
SELECT e.id, d.id AS did FROM emp e LEFT JOIN dept d ON e.dept_id = d.id AND EXISTS (SELECT 1 FROM edge g WHERE g.src = d.id AND g.dst > 2);
-- @scalar_nested
SELECT d.id, (SELECT (SELECT max(g.w) FROM edge g WHERE g.src = e.id AND g.dst > d.id) FROM emp e WHERE e.id = d.id) AS x FROM dept d;
-- @scalar_having
SELECT dept_id, count(*) AS c FROM emp e GROUP BY dept_id HAVING count(*) >= (SELECT count(*) FROM dept d WHERE d.id = e.dept_id);
-- @scalar_in_agg
SELECT dept_id, sum((SELECT d.budget FROM dept d WHERE d.id = e.dept_id)) AS s FROM emp e GROUP BY dept_id;
-- @scalar_group
SELECT (SELECT d.name FROM dept d WHERE d.id = e.dept_id) AS n, count(*) AS c FROM emp e GROUP BY 1;
-- @lateral_agg
SELECT d.id, x.s, x.c FROM dept d, LATERAL (SELECT sum(e.salary) AS s, count(*) AS c FROM emp e WHERE e.dept_id = d.id) x;
-- @lateral_rn
SELECT d.id, x.name FROM dept d, LATERAL (SELECT e.name, row_number() OVER (ORDER BY e.id DESC) AS rn FROM emp e WHERE e.dept_id = d.id) x WHERE x.rn = 1;
-- @lateral_left_cond
SELECT d.id, x.id AS eid FROM dept d LEFT JOIN LATERAL (SELECT e.id FROM emp e WHERE e.dept_id = d.id) x ON x.id > 2;
-- @lateral_union
SELECT d.id, x.v FROM dept d, LATERAL (SELECT d.id AS v UNION ALL SELECT d.id * 10) x;
-- @lateral_chain
SELECT d.id, y.b FROM dept d, LATERAL (SELECT d.id + 1 AS a) x, LATERAL (SELECT x.a * 2 AS b) y;
-- @lateral_distinct
SELECT d.id, x.a FROM dept d, LATERAL (SELECT DISTINCT e.active AS a FROM emp e WHERE e.dept_id = d.id) x;
-- @lateral_limit_offset
SELECT d.id, x.id AS e FROM dept d, LATERAL (SELECT e.id FROM emp e WHERE e.dept_id <= d.id ORDER BY e.id OFFSET 1 LIMIT 2) x;
-- @group_alias_vs_column the column wins in GROUP BY
SELECT id % 2 AS dept_id, count(*) AS c FROM emp GROUP BY dept_id, id % 2;
-- @order_alias_vs_column the alias wins in ORDER BY
SELECT -id AS id, name FROM emp ORDER BY id;
-- @order_expression_column an expression means the column
SELECT -id AS id, name FROM emp ORDER BY id + 0;
-- @order_ordinal
SELECT name, id FROM emp ORDER BY 2 DESC;
-- @order_union
SELECT id FROM emp UNION SELECT id + 1 FROM dept ORDER BY id DESC LIMIT 3;
-- @order_union_all_names
SELECT id AS x FROM emp UNION ALL SELECT id FROM dept ORDER BY x, 1;
-- @group_ordinal_expr
SELECT lower(name) || 'x' AS n, count(*) FROM emp GROUP BY 1 ORDER BY 1;
-- @having_no_group
SELECT count(*) AS c FROM emp HAVING count(*) > 100;
-- @group_const
SELECT count(*) AS c, 'k' AS k FROM emp GROUP BY 'k'::text;
-- @group_empty
SELECT count(*) AS c FROM emp GROUP BY ();
-- @agg_empty
SELECT count(*) AS c, sum(a) AS s, max(b) AS m FROM empty_t;
-- @group_agg_empty
SELECT a, count(*) AS c FROM empty_t GROUP BY a;
-- @agg_filter_null
SELECT count(*) FILTER (WHERE salary > 100) AS a, count(salary) FILTER (WHERE active IS NULL) AS b, max(id) FILTER (WHERE NULL) AS c FROM emp;
-- @count_not_null_column
SELECT count(name) AS a, count(c) AS b FROM emp LEFT JOIN empty_t ON empty_t.a = emp.id;
-- @count_outer_join
SELECT d.id, count(e.id) AS c, count(*) AS n FROM dept d LEFT JOIN emp e ON e.dept_id = d.id AND e.id > 1 GROUP BY d.id;
-- @agg_distinct_expr
SELECT count(DISTINCT lower(name)) AS a, sum(DISTINCT dept_id * 2) AS b, array_agg(DISTINCT dept_id ORDER BY dept_id DESC) AS c FROM emp;
-- @string_agg_order
SELECT string_agg(name, ', ' ORDER BY salary DESC NULLS LAST, id) AS s FROM emp;
-- @agg_order_group
SELECT dept_id, array_agg(id ORDER BY name COLLATE "C") AS a FROM emp GROUP BY dept_id;
-- @percentile_array
SELECT percentile_cont(ARRAY[0.25, 0.5]) WITHIN GROUP (ORDER BY salary) AS p FROM emp;
-- @percentile_desc
SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY id DESC) AS p, mode() WITHIN GROUP (ORDER BY dept_id NULLS FIRST) AS m FROM emp;
-- @rank_hypothetical
SELECT rank(3) WITHIN GROUP (ORDER BY id) AS r, dense_rank(250) WITHIN GROUP (ORDER BY salary DESC) AS d FROM emp;
-- @grouping_expr
SELECT dept_id, grouping(dept_id) AS g, count(*) AS c FROM emp GROUP BY ROLLUP (dept_id) HAVING grouping(dept_id) = 0 OR count(*) > 2;
-- @rollup_multi
SELECT dept_id, active, id % 2 AS o, count(*) AS c FROM emp GROUP BY dept_id, ROLLUP (active, id % 2);
-- @grouping_sets_dup
SELECT dept_id, count(*) AS c FROM emp GROUP BY GROUPING SETS ((dept_id), (dept_id));
-- @win_over_group
SELECT dept_id, count(*) AS c, rank() OVER (ORDER BY count(*) DESC, dept_id) AS r, sum(count(*)) OVER () AS t FROM emp GROUP BY dept_id;
-- @win_frame_offset
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS s, first_value(name) OVER (PARTITION BY dept_id ORDER BY id DESC) AS f FROM emp;
-- @win_range_num
SELECT id, count(*) OVER (ORDER BY salary RANGE BETWEEN 100 PRECEDING AND 50.5 FOLLOWING) AS c FROM emp;
-- @win_distinct_rows
SELECT DISTINCT dept_id, count(*) OVER (PARTITION BY dept_id) AS c FROM emp;
-- @win_order_hidden
SELECT name, row_number() OVER (ORDER BY salary DESC NULLS LAST, id) AS rn FROM emp ORDER BY rn;
-- @win_where_sub
SELECT id FROM (SELECT id, dense_rank() OVER (ORDER BY dept_id NULLS FIRST) AS r FROM emp) t WHERE r = 2;
-- @win_exclude_ties
SELECT id, sum(id) OVER (ORDER BY dept_id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES) AS s FROM emp;
-- @win_filter_sum
SELECT id, sum(salary) FILTER (WHERE active) OVER (PARTITION BY dept_id) AS s FROM emp;
-- @win_lag_default
SELECT id, lag(id, 2, 0) OVER (ORDER BY id) AS a, lag(name) OVER w AS b, lead(salary, 1) OVER (w) AS c FROM emp WINDOW w AS (ORDER BY id);
-- @win_inherit
SELECT id, sum(id) OVER (w ORDER BY id) AS s FROM emp WINDOW w AS (PARTITION BY dept_id);
-- @distinct_on_limit
SELECT DISTINCT ON (dept_id) dept_id, name FROM emp ORDER BY dept_id, id DESC LIMIT 2;
-- @distinct_on_sub
SELECT count(*) AS c FROM (SELECT DISTINCT ON (active) active, id FROM emp ORDER BY active, id) x;
-- @distinct_on_agg
SELECT DISTINCT ON (dept_id) dept_id, count(*) AS c FROM emp GROUP BY dept_id, active ORDER BY dept_id, count(*) DESC;
-- @distinct_order_expr
SELECT DISTINCT lower(name) AS n FROM emp ORDER BY lower(name) DESC;
-- @distinct_null
SELECT DISTINCT dept_id IS NULL AS n, NULL AS x FROM emp;
-- @setop_literals
SELECT 'a' AS x UNION SELECT 'b' UNION ALL SELECT NULL;
-- @setop_null_int
SELECT NULL AS x UNION ALL SELECT 1 UNION ALL SELECT 2.5;
-- @setop_nested
(SELECT id FROM emp EXCEPT SELECT id FROM dept) UNION ALL (SELECT 1 INTERSECT SELECT id FROM dept);
-- @setop_types
SELECT small FROM emp UNION SELECT big FROM emp UNION SELECT salary FROM emp;
-- @setop_varchar
SELECT code FROM emp UNION SELECT name FROM dept;
-- @setop_char
SELECT ch FROM emp UNION SELECT 'ab   ';
-- @setop_date_literal
SELECT hired FROM emp UNION SELECT '2030-01-01';
-- @setop_limit_branch
(SELECT id FROM emp ORDER BY id DESC LIMIT 1) UNION ALL (SELECT id FROM dept ORDER BY id LIMIT 1);
-- @values_mixed
VALUES (1, 'x', NULL), (2.5, NULL, 3), (-1, 'y''z', 4);
-- @values_expr
SELECT * FROM (VALUES (1 + 1, now() IS NULL), (3, true)) v;
-- @values_dates
SELECT * FROM (VALUES ('2020-01-01'::date, 1), ('2021-01-01', 2)) v(d, n);
-- @cte_shadow a CTE hides a table
WITH emp AS (SELECT id, name FROM dept) SELECT count(*) AS c FROM emp;
-- @cte_nested
WITH a AS (WITH b AS (SELECT id FROM dept) SELECT id + 1 AS id FROM b) SELECT * FROM a WHERE id > 2;
-- @cte_in_subquery
SELECT id FROM emp WHERE dept_id IN (WITH x AS (SELECT id FROM dept WHERE budget > 100) SELECT id FROM x);
-- @cte_union
WITH a AS (SELECT 1 AS x UNION ALL SELECT 2) SELECT a.x, b.x AS y FROM a, a AS b;
-- @cte_partial_columns
WITH x(a) AS (SELECT id, name FROM emp) SELECT a, name FROM x;
-- @recursive_two
WITH RECURSIVE t(n, s) AS (SELECT 1, 'a'::text UNION ALL SELECT n + 1, s || 'b' FROM t WHERE n < 4) SELECT * FROM t WHERE n > 1;
-- @literal_escapes
SELECT 'a\b' AS a, E'tab\tx' AS b, 'ü€😀' AS c, '' AS d;
-- @literal_numbers
SELECT 1.50 AS a, 1e3 AS b, 12345678901234567890 AS c, 0.000001 AS d, -9223372036854775808 AS e, 1.0e-3 AS f;
-- @literal_typed
SELECT date '2020-02-29' AS a, timestamp '2020-01-01 10:00' AS b, interval '1 day 02:03' AS c, time '10:00' AS d, bit '101' AS e, B'11' AS f, X'1F' AS g;
-- @literal_bool
SELECT 't'::bool AND true AS a, 'yes'::boolean AS b, NOT NULL::boolean AS c, (NULL OR true) AS d;
-- @cast_typmod
SELECT 123.456::numeric(5,1) AS a, 'abcdef'::varchar(3) AS b, 'ab'::char(4) || '|' AS c, '2020-01-01 10:00:00.123456'::timestamp(0) AS d, 1::bit(4) AS e;
-- @cast_array
SELECT '{1,2}'::int[] AS a, ARRAY[1, 2.5] AS b, ARRAY[NULL, 1] AS c, ARRAY['a', NULL]::varchar(3)[] AS d, ARRAY[[1,2],[3,4]] AS e;
-- @cast_row
SELECT ROW('x', 5)::addr AS a, (ROW('x', 5)::addr).street AS s FROM dept WHERE id = 1;
-- @cast_json
SELECT (data ->> 'a')::numeric AS a, (data -> 'b')::text AS b, data::text AS c FROM emp WHERE id < 3;
-- @compare_mixed
SELECT id FROM emp WHERE salary = 300 OR score > id OR small < big OR rl = 1.25;
-- @compare_text_char
SELECT id FROM emp WHERE ch = 'ab' OR code = 'C1 ' OR name = 'Bob ';
-- @compare_char_trailing
SELECT 'a'::char(3) = 'a  '::char(5) AS a, 'a' = 'a ' AS b, 'a' < 'B' AS c, 'a' < 'B' COLLATE "C" AS d;
-- @between_text
SELECT name FROM emp WHERE name BETWEEN 'a' AND 'd' AND name NOT BETWEEN 'B' AND 'C';
-- @or_ranges
SELECT id FROM emp WHERE (id > 1 AND id < 4) OR id = 6 OR (id >= 3 AND id <= 5 AND id <> 4);
-- @and_contradiction
SELECT id, name FROM emp WHERE id = 1 AND id = 2;
-- @false_where
SELECT id, salary FROM emp WHERE false;
-- @null_where
SELECT id FROM emp WHERE NULL;
-- @null_compare
SELECT id FROM emp WHERE salary <> NULL OR id = 1;
-- @case_null_branches
SELECT CASE WHEN id = 1 THEN NULL WHEN id = 2 THEN 5 END AS a, CASE id WHEN 1 THEN 'x' ELSE name END AS b, CASE WHEN true THEN code ELSE name END AS c FROM emp;
-- @case_division
SELECT id, CASE WHEN dept_id = 0 OR 1 / nullif(dept_id, 0) > 0 THEN 'a' ELSE 'b' END AS x FROM emp;
-- @coalesce_types
SELECT coalesce(small, big) AS a, coalesce(NULL, code, 'none') AS b, coalesce(hired, '2000-01-01') AS c, greatest(small, 2.5) AS d, nullif(salary, 300) AS e FROM emp;
-- @date_arith
SELECT hired + 1 AS a, hired - hired AS b, hired + interval '1 month' AS c, ts - iv AS d, tstz + '1 day' AS e, '1 day'::interval * 2.5 AS f, -iv AS g FROM emp;
-- @int_overflow_guard
SELECT id::bigint * 3000000000 AS a, big + id AS b, small * small AS c, small / 2 AS d, id % 4 AS e, -id AS f, +id AS g FROM emp;
-- @float_ops
SELECT score * 2 AS a, score / 3 AS b, rl + 1 AS c, rl + score AS d, score + salary AS e, score::numeric(6,2) AS f FROM emp;
-- @numeric_scale
SELECT salary * 1.000 AS a, salary / 7 AS b, 1.0 / 3 AS c, 10 / 4 AS d, 10 / 4.0 AS e, round(2.5) AS f, round(-2.5::float8) AS g FROM emp;
-- @text_concat_types
SELECT name || 1 AS a, 1 || name AS b, name || NULL AS c, name || true AS d, code || ch AS e, 'a' || 'b' AS f FROM emp;
-- @functions_defaults
SELECT to_char(12.5, '99.99') AS a, jsonb_set('{"a":1}', '{a}', '2') AS b, make_interval(1, 2) AS c, round(1.25, 1) AS d, substr('abc', 2) AS e FROM dept WHERE id = 1;
-- @functions_variadic
SELECT concat('a', 1, NULL, true) AS a, format('%s %s', 'x', 2) AS b, greatest(1, 2.5, 3::bigint) AS c, num_nulls(1, NULL, 'x') AS d, concat_ws(',', VARIADIC ARRAY['x', 'y']) AS e;
-- @functions_poly
SELECT array_position(ARRAY['a','b'], 'b') AS a, array_cat(nums, '{9}') AS b, array_prepend(1, nums) AS c, array_remove(tags, 'a') AS d, cardinality(tags) AS e FROM emp;
-- @functions_time
SELECT date_trunc('hour', ts) AS a, date_part('year', hired) AS b, extract(epoch FROM iv) AS c, to_timestamp(0) AT TIME ZONE 'UTC' AS d, make_date(2020, 2, 29) AS e FROM emp;
-- @ranges
SELECT int4range(1, 5) * int4range(3, 9) AS a, lower(numrange(1.5, 2.5)) AS b, '[1,3)'::int4range @> 2 AS c, tsrange('2020-01-01', '2020-02-01') && tsrange('2020-01-15', NULL) AS d;
-- @json_ops
SELECT data -> 'arr' -> -1 AS a, data #>> ARRAY['b','c'] AS b, data ? 'a' AS c, data - 'a' AS d, jsonb_array_length(data -> 'arr') AS e FROM emp WHERE id = 1;
-- @json_subscript
SELECT data['b']['c'] AS a FROM emp WHERE id = 1;
-- @array_any_ops
SELECT id FROM emp WHERE 3 > ALL (nums) OR 'b' = ANY (tags) OR name LIKE ANY ('{a%,B%}') OR id = ANY ('{5,6}');
-- @array_slices
SELECT nums[2:] AS a, nums[:1] AS b, (ARRAY[[1,2],[3,4]])[2][1] AS c, tags[1:2] AS d FROM emp;
-- @enum_compare
SELECT id FROM emp WHERE m > 'sad' AND m IN ('ok', 'happy') AND m <> 'ok';
-- @interval_compare
SELECT id FROM emp WHERE iv > '1 hour' AND iv BETWEEN '0' AND '1 year';
-- @similar_escape
SELECT name SIMILAR TO '(a|B)%' AS a, name NOT SIMILAR TO 'x#%' ESCAPE '#' AS b, name LIKE 'a!%' ESCAPE '!' AS c, name NOT ILIKE '%E%' AS d FROM emp;
-- @row_compare_literals
SELECT id FROM emp WHERE (id, name) >= (2, 'b') AND (id, name) <> (3, 'carol') AND (hired, id) < ('2021-01-01', 9);
-- @row_null
SELECT id FROM emp WHERE (dept_id, salary) IN ((1, 100.10), (2, NULL));
-- @is_distinct_types
SELECT id FROM emp WHERE salary IS DISTINCT FROM 300 AND name IS NOT DISTINCT FROM 'alice' AND code IS DISTINCT FROM 'x';
-- @mixed_case_columns
SELECT m."Id" AS "ID", m."someValue", "Id" + plain AS sum FROM "MixedCase" m ORDER BY m."Id" DESC;
-- @alias_quotes
SELECT id AS "a""b", name AS "select", 1 AS "ÄÖ" FROM dept AS "my table";
-- @table_qualified
SELECT public.dept.id, dept.name FROM public.dept WHERE public.dept.id = 1;
-- @self_join_names
SELECT * FROM dept a JOIN dept b ON a.parent_id = b.id WHERE a.id <> b.id;
-- @join_nested
SELECT e.id, d.name, p.name AS pname FROM emp e LEFT JOIN (dept d JOIN dept p ON d.parent_id = p.id) ON e.dept_id = d.id;
-- @join_right
SELECT e.id, d.id AS did FROM emp e RIGHT JOIN dept d ON e.dept_id = d.id AND e.salary > 200;
-- @join_full_or
SELECT e.id, d.id AS did FROM emp e FULL JOIN dept d ON e.dept_id = d.id WHERE e.id IS NULL OR d.id IS NULL;
-- @join_left_filter
SELECT e.id, d.name FROM emp e LEFT JOIN dept d ON e.dept_id = d.id AND e.id > 2 WHERE coalesce(d.budget, 0) < 500;
-- @join_numeric_scale
SELECT e.id, d.id AS did FROM emp e JOIN dept d ON e.salary = d.budget + 100;
-- @join_true
SELECT count(*) AS c FROM emp JOIN dept ON true;
-- @join_cross_where
SELECT e.id, d.id AS did FROM emp e, dept d WHERE e.dept_id = d.id AND d.budget > 100 AND e.salary IS NOT NULL;
-- @limit_expr
SELECT id FROM emp ORDER BY id LIMIT 1 + 1 OFFSET 2 - 1;
-- @limit_zero
SELECT id FROM emp ORDER BY id LIMIT 0;
-- @subquery_order
SELECT x.id FROM (SELECT id FROM emp ORDER BY salary DESC NULLS LAST LIMIT 3) x WHERE x.id > 1;
-- @unnest_two
SELECT e.id, a.x, b.y FROM emp e, unnest(e.tags) AS a(x), unnest(e.nums) AS b(y) WHERE e.id < 3;
-- @unnest_left
SELECT e.id, t.x FROM emp e LEFT JOIN unnest(e.nums) AS t(x) ON true;
-- @srf_columns
SELECT j.key, j.value, e.id FROM emp e CROSS JOIN jsonb_each_text(e.data -> 'b') AS j WHERE e.id = 1;
-- @srf_scalar_name
SELECT generate_series FROM generate_series(1, 3);
-- @srf_function_table
SELECT s.a, t.b FROM my_srf(2) s JOIN my_srf(3) t ON s.a = t.a;
-- @regexp_matches_from
SELECT e.id, m.m[1] AS x FROM emp e, regexp_matches(e.name, '[aeiou]', 'g') AS m(m);
-- @scalar_func_from
SELECT x FROM lower('ABC') AS x;
-- @volatile_free
SELECT id FROM emp WHERE md5(name) > '8' AND length(name) > 3;
-- @collate_compare
SELECT name FROM emp WHERE name COLLATE "C" < 'a' ORDER BY name COLLATE "C";
-- @timezone
SELECT tstz AT TIME ZONE 'UTC' AS a, timezone('Asia/Tokyo', ts) AS b, tstz::date AS c FROM emp WHERE id < 3;
-- @uuid_inet
SELECT uid::text AS a, ip << '10.0.0.0/8' AS b, host(ip) AS c FROM emp WHERE id < 3;
-- @func_cast_name
SELECT text(name) AS a, int4(2.7) AS b, float8(id) AS c, date(ts) AS d, name::varchar AS e FROM emp;
-- @having_alias_column
SELECT dept_id AS d, max(salary) AS salary FROM emp GROUP BY dept_id HAVING max(salary) > 100;
-- @agg_in_order
SELECT dept_id FROM emp GROUP BY dept_id ORDER BY max(salary) DESC NULLS LAST, dept_id NULLS FIRST;
-- @agg_of_case
SELECT sum(CASE WHEN active THEN 1 ELSE 0 END) AS a, avg(CASE WHEN salary > 100 THEN salary END) AS b, count(CASE WHEN id > 3 THEN 1 END) AS c FROM emp;
-- @agg_same_twice
SELECT sum(salary) AS a, sum(salary) + 1 AS b, sum(salary) / count(*) AS c FROM emp;
-- @group_by_two_levels
SELECT c, count(*) AS n FROM (SELECT dept_id, count(*) AS c FROM emp GROUP BY dept_id) x GROUP BY c;
-- @select_empty_from
SELECT 1 + 1 AS two WHERE 1 = 1;
-- @boolean_expr_columns
SELECT id > 3 AS a, (name = 'Bob') IS NOT TRUE AS b, NOT (id = 1 OR id = 2) AS c, active IS NULL AS d FROM emp;
