package io.freshet.ivm.compiler;

import java.util.List;

/** Queries that have delta programs, of every kind. */
final class Queries {

    /** Whether PostgreSQL itself always writes the result the same way: of equal values that differ, it shows any. */
    enum Text {
        IDENTICAL,
        ANY_OF_EQUALS
    }

    /** @param storage how the description of the storage begins */
    record Query(String sql, String storage, Text text) {
    }

    private static final String KEYED = "rows by their key";
    private static final String BAG = "a bag";
    private static final String MERGED = "groups by their keys, merged from";
    private static final String IN_PLACE = "groups by their keys, merged in place";
    private static final String AGAIN = "groups by their keys, evaluated again";
    private static final String ONE = "one row, merged";
    private static final String WHOLE = "the whole result";

    static final List<Query> ALL = List.of(
            // Linear, with a key.
            of(KEYED, "SELECT * FROM orders"),
            of(KEYED, "SELECT id, note AS remark, qty + 1 AS more FROM orders WHERE qty > 0 OR qty IS NULL"),
            of(KEYED, "SELECT id, price, ratio, span, data, amount FROM orders -- 1.0 is not 1.00"),
            of(KEYED, "SELECT note, qty FROM orders WHERE note = 'it''s :__pgt_epoch';"),
            of(KEYED, "SELECT v FROM pairs WHERE v <> 2"),
            of(KEYED, "SELECT a, a AS again, b FROM pairs"),
            of(KEYED, "SELECT b, v FROM pairs ORDER BY v"),
            of(KEYED,
                    "SELECT \"the \"\"Key\" AS \"Key\", \"select\", \":__pgt_epoch\" FROM \"Odd \"\"Name\" WHERE \":__pgt_epoch\" > 0"),
            of(KEYED, "SELECT o.id, c.name, o.amount FROM orders o JOIN customers c ON c.id = o.customer_id"),
            of(KEYED, "SELECT c.name, o.amount, c.score FROM orders o, customers c WHERE c.id = o.customer_id AND o.qty > 0"),
            of(KEYED, "SELECT o.id, p.v FROM orders o JOIN pairs p ON o.qty < p.a AND p.b <> 2"),
            of(KEYED, "SELECT c.id, p.a, p.b FROM customers c CROSS JOIN pairs p"),
            of(KEYED, "SELECT p.a, p.b, q.a AS c, q.b AS d, p.v FROM pairs p JOIN pairs q ON p.b = q.a"),
            of(KEYED, "SELECT p.v, q.v AS w FROM pairs p JOIN pairs q ON p.v = q.v"),
            of(KEYED,
                    "SELECT o.id, c.name, p.v, o.note FROM orders o JOIN customers c ON c.id = o.customer_id JOIN pairs p ON p.a = c.region"),
            of(KEYED, "SELECT p.a FROM pairs p JOIN pairs q ON p.b = q.a JOIN pairs r ON q.b = r.a WHERE r.v IS NOT NULL"),
            of(KEYED,
                    "SELECT x.id, y.name FROM (SELECT id, customer_id FROM orders WHERE flag) x JOIN (SELECT id AS i, name FROM customers"
                            + " WHERE region = 1) y ON y.i = x.customer_id"),
            of(KEYED,
                    "WITH big AS (SELECT id, amount FROM orders WHERE amount > 1) SELECT b.id, b.amount * 2 AS double FROM big b"),
            // Linear, without a key.
            of(BAG, "SELECT * FROM events"),
            of(BAG, "SELECT kind, w FROM events WHERE val = 1 OR val IS NULL"),
            of(BAG, "SELECT doc, tags FROM events"),
            of(BAG, "SELECT home, p, at, moods FROM events"),
            of(BAG, "SELECT note FROM orders UNION ALL SELECT name FROM customers"),
            of(BAG, "SELECT customer_id AS x, price FROM orders WHERE qty > 0 UNION ALL SELECT id, score FROM customers UNION ALL SELECT a, v"
                    + " FROM pairs"),
            of(BAG, "SELECT e.kind, c.name FROM events e JOIN customers c ON c.id = e.val"),
            of(BAG, "SELECT e.kind, f.w FROM events e, events f WHERE e.val = f.val"),
            of(BAG, "SELECT u.x, c.name FROM (SELECT customer_id AS x FROM orders UNION ALL SELECT a FROM pairs) u JOIN customers c ON c.id = u.x"),
            // Groups that are merged.
            of(MERGED, "SELECT customer_id, count(*) AS n, sum(amount) AS total FROM orders GROUP BY customer_id"),
            of(MERGED,
                    "SELECT customer_id, count(qty), sum(qty), avg(qty), sum(big) AS sb, avg(big) AS ab, sum(small) AS ss, avg(small) AS as_ FROM orders"
                            + " WHERE qty < 100 GROUP BY customer_id"),
            of(MERGED,
                    "SELECT customer_id, avg(amount) AS a, sum(amount * small) AS s, sum(-amount) AS neg FROM orders GROUP BY customer_id"),
            of(MERGED, "SELECT note, sum(price) AS s, avg(price) AS a FROM orders GROUP BY note"),
            of(MERGED,
                    "SELECT customer_id, min(qty), max(qty), min(placed) AS p, max(m) AS m, min(amount) AS a FROM orders GROUP BY customer_id"),
            equal(MERGED, "SELECT customer_id, max(price) AS p, min(ratio) AS r FROM orders GROUP BY customer_id"),
            of(MERGED,
                    "SELECT customer_id, count(*) FILTER (WHERE flag) AS f, sum(qty) FILTER (WHERE qty < 5) AS s, max(amount) FILTER (WHERE flag"
                            + " IS NULL) AS x FROM orders GROUP BY customer_id"),
            of(MERGED, "SELECT sum(small) AS s FROM orders GROUP BY note, flag"),
            of(IN_PLACE, "SELECT note, flag, m, count(*) FROM orders GROUP BY note, flag, m"),
            of(MERGED,
                    "SELECT customer_id % 2 AS parity, count(*) + 1 AS more, sum(small) / count(*) AS mean FROM orders GROUP BY customer_id % 2"),
            of(MERGED,
                    "SELECT customer_id, count(*) FROM orders GROUP BY customer_id HAVING count(*) > 1 AND sum(small) / count(*) < 30000"),
            of(MERGED, "SELECT note FROM orders GROUP BY note HAVING max(qty) > 0 OR note IS NULL"),
            of(MERGED, "SELECT DISTINCT customer_id, note FROM orders"),
            of(MERGED, "SELECT DISTINCT c.region FROM customers c JOIN orders o ON o.customer_id = c.id"),
            of(MERGED, "SELECT customer_id AS x FROM orders UNION SELECT id FROM customers UNION SELECT v FROM pairs"),
            of(MERGED,
                    "SELECT c.region, count(*) AS n, sum(o.amount) AS total, min(o.qty) AS least FROM orders o JOIN customers c"
                            + " ON c.id = o.customer_id GROUP BY c.region"),
            of(IN_PLACE, "SELECT c.id, c.name, count(*) AS n FROM customers c JOIN pairs p ON p.a = c.id GROUP BY c.id, c.name"),
            of(MERGED, "SELECT p.v, sum(q.v) AS s, max(q.v) AS x FROM pairs p JOIN pairs q ON p.b = q.a GROUP BY p.v"),
            of(MERGED, "SELECT code, max(joined) AS j FROM customers GROUP BY code"),
            of(MERGED, "SELECT a, sum(twice) AS t FROM pairs JOIN orders ON qty = b WHERE qty < 100 GROUP BY a"),
            of(IN_PLACE, "SELECT kind, tags, count(*) FROM events GROUP BY kind, tags"),
            of(MERGED, "SELECT moods, count(p) AS n FROM events GROUP BY moods"),
            of(AGAIN, "SELECT p, sum(p) AS s FROM events GROUP BY p"),
            of(MERGED,
                    "SELECT u.x, sum(u.y) AS s FROM (SELECT customer_id AS x, amount AS y FROM orders UNION ALL SELECT region, 1.50 FROM customers)"
                            + " u GROUP BY u.x"),
            // Groups whose rows show all that is kept of them.
            of(IN_PLACE, "SELECT a, count(*) AS n, sum(b) AS s, min(v) AS least, max(b) AS most FROM pairs GROUP BY a"),
            of(IN_PLACE, "SELECT count(*), max(qty) FROM orders GROUP BY note, flag"),
            of(IN_PLACE,
                    "SELECT count(*) AS \"the \"\"n\", customer_id AS k, note, customer_id AS again, count(qty) AS c, min(placed), max(amount)"
                            + " FROM orders GROUP BY customer_id, note"),
            of(IN_PLACE,
                    "SELECT customer_id, sum(qty) AS s, count(qty) AS n, count(*) AS n2 FROM orders WHERE qty < 100 GROUP BY customer_id"),
            of(IN_PLACE, "SELECT count(*) AS n, sum(price) AS s FROM orders WHERE price > -10 GROUP BY note"),
            of(IN_PLACE,
                    "SELECT sum(p.a) AS s, c.region, count(*) AS n FROM pairs p JOIN customers c ON c.id = p.b GROUP BY c.region"),
            of(MERGED,
                    "SELECT customer_id, sum(qty) FILTER (WHERE flag) AS s, count(*) AS n FROM orders WHERE qty < 100 GROUP BY customer_id"),
            // Groups that are evaluated again.
            of(AGAIN, "SELECT customer_id, string_agg(note, ',' ORDER BY note) AS notes FROM orders GROUP BY customer_id"),
            of(AGAIN,
                    "SELECT note, flag, count(DISTINCT qty) AS d, bool_and(flag) AS b, array_agg(id ORDER BY id) AS ids FROM orders GROUP BY note,"
                            + " flag"),
            of(AGAIN, "SELECT customer_id, sum(ratio) AS s, avg(ratio) AS a FROM orders WHERE ratio < 1 GROUP BY customer_id"),
            of(AGAIN, "SELECT region, max(name) AS last, stddev(id) AS dev FROM customers GROUP BY region HAVING count(*) > 1"),
            equal(AGAIN, "SELECT score, count(*) AS n FROM customers GROUP BY score"),
            equal(AGAIN, "SELECT DISTINCT data, span FROM orders"),
            of(AGAIN,
                    "SELECT c.region, string_agg(o.note, '' ORDER BY o.id) AS s FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.region"),
            of(AGAIN, "SELECT count(DISTINCT note) AS d FROM orders GROUP BY customer_id"),
            // One row.
            of(ONE, "SELECT count(*) AS n, sum(amount) AS s, avg(qty) AS a, min(qty) AS x, max(placed) AS y FROM orders"),
            of(ONE, "SELECT count(*) FROM events"),
            of(ONE, "SELECT sum(price) AS s FROM orders WHERE customer_id = 1"),
            of(ONE, "SELECT sum(small) AS s FROM orders HAVING count(*) > 3"),
            of(ONE, "SELECT count(*) FILTER (WHERE o.qty > c.id) AS n, min(c.joined) AS j FROM orders o JOIN customers c ON c.id = o.customer_id"),
            of(WHOLE, "SELECT string_agg(note, '' ORDER BY id) AS s FROM orders"));

    private Queries() {
    }

    private static Query of(String storage, String sql) {
        return new Query(sql, storage, Text.IDENTICAL);
    }

    private static Query equal(String storage, String sql) {
        return new Query(sql, storage, Text.ANY_OF_EQUALS);
    }
}
