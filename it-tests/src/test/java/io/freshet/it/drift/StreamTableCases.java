package io.freshet.it.drift;

import static io.freshet.it.drift.StreamTableCase.differential;
import static io.freshet.it.drift.StreamTableCase.full;

import java.util.ArrayList;
import java.util.List;

/** Stream tables of every kind that has a rule, and two that have none. */
final class StreamTableCases {
    private static final StreamTableCase FILTER = differential("filter_keyed",
            "SELECT id, customer_id, amount, note FROM orders WHERE status = 'paid' AND amount > 5");

    private static final StreamTableCase PROJECTION = differential("projection_keyless",
            "SELECT customer_id, status, coalesce(amount, 0) * qty AS value FROM orders WHERE qty > 9");

    private static final StreamTableCase BAG = differential("bag_with_duplicates",
            "SELECT source, level, message FROM log_lines WHERE n > 1 OR n IS NULL");

    private static final StreamTableCase UNION_ALL = differential("union_all",
            """
            SELECT customer_id, amount, 'order' AS kind FROM orders WHERE status = 'new'
            UNION ALL
            SELECT customer_id, paid, method FROM payments WHERE paid > 3""");

    private static final StreamTableCase JOIN = differential("join_two",
            """
            SELECT o.id, o.customer_id, o.amount, c.name, c.region
            FROM orders o JOIN customers c ON c.customer_id = o.customer_id""");

    private static final StreamTableCase JOIN_THREE = differential("join_three",
            """
            SELECT o.customer_id, c.region, o.amount + p.paid AS total, p.method
            FROM orders o
            JOIN customers c ON c.customer_id = o.customer_id
            JOIN payments p ON p.customer_id = o.customer_id
            WHERE o.qty > 15 AND p.paid > 20""");

    private static final StreamTableCase JOIN_EQUI_AND_THETA = differential("join_equi_and_theta",
            """
            SELECT o.id, p.id AS payment, o.customer_id, o.amount - p.paid AS missing
            FROM orders o JOIN payments p ON p.customer_id = o.customer_id AND p.paid < o.amount
            WHERE o.status = 'new'""");

    private static final StreamTableCase JOIN_THETA = differential("join_theta",
            "SELECT o.id, o.qty, b.label FROM orders o JOIN bands b ON o.qty >= b.low AND o.qty < b.high");

    private static final StreamTableCase JOIN_BANDS = differential("join_bands",
            """
            SELECT o.customer_id, o.id, o.qty, b.label, c.region
            FROM orders o
            JOIN bands b ON o.qty >= b.low AND o.qty < b.high
            JOIN customers c ON c.customer_id = o.customer_id""");

    private static final StreamTableCase GROUP_BANDS = differential("group_bands",
            """
            SELECT b.label, count(*) AS n, sum(o.amount) AS total, max(o.qty) AS most
            FROM bands b JOIN orders o ON o.qty = b.low
            GROUP BY b.label""");

    private static final StreamTableCase UNION_BANDS = differential("union_bands",
            "SELECT message, n FROM log_lines UNION ALL SELECT label, low FROM bands");

    private static final StreamTableCase SELF_JOIN = differential("join_self",
            """
            SELECT a.id AS dear, b.id AS cheap, a.customer_id
            FROM orders a JOIN orders b ON b.customer_id = a.customer_id AND b.amount < a.amount
            WHERE a.status = 'new' AND b.status = 'paid'""");

    private static final StreamTableCase GROUP = differential("group_aggregates",
            """
            SELECT customer_id, count(*) AS n, count(note) AS notes, sum(amount) AS total, avg(amount) AS mean,
                   min(amount) AS least, max(amount) AS most, count(*) FILTER (WHERE status = 'paid') AS paid,
                   sum(qty) FILTER (WHERE status = 'new') AS new_qty, max(created) FILTER (WHERE amount < 0) AS last_refund
            FROM orders GROUP BY customer_id""");

    private static final StreamTableCase GROUP_NULLABLE_KEYS = differential("group_nullable_keys",
            "SELECT level, message, count(*) AS n, sum(n) AS total, max(n) AS most FROM log_lines GROUP BY level, message");

    private static final StreamTableCase GROUP_HIDDEN_KEY = differential("group_hidden_key",
            "SELECT avg(amount) AS mean, min(qty) AS least FROM orders GROUP BY customer_id, status");

    private static final StreamTableCase HAVING = differential("having",
            """
            SELECT customer_id, sum(amount) AS total FROM orders
            GROUP BY customer_id HAVING count(*) > 12 AND max(amount) > 30""");

    private static final StreamTableCase EXPRESSIONS = differential("expressions_over_aggregates",
            """
            SELECT c.region, o.qty % 3 AS bucket, max(o.amount) - min(o.amount) AS spread,
                   round(sum(o.amount) / nullif(count(o.amount), 0), 2) AS mean, count(*) > 100 AS busy
            FROM orders o JOIN customers c ON c.customer_id = o.customer_id
            GROUP BY c.region, o.qty % 3""");

    private static final StreamTableCase GLOBAL = differential("global_aggregate",
            "SELECT count(*) AS n, sum(amount) AS total, min(created) AS first, max(qty) AS most, avg(qty) AS mean FROM orders");

    private static final StreamTableCase GLOBAL_OFTEN_EMPTY = differential("global_often_empty",
            "SELECT count(*) AS n, sum(n) AS total, max(message) AS last FROM log_lines WHERE source = 1 AND level = 'error'");

    private static final StreamTableCase DISTINCT = differential("distinct_nullable",
            "SELECT DISTINCT source, level, n FROM log_lines");

    private static final StreamTableCase DISTINCT_JOIN = differential("distinct_of_join",
            """
            SELECT DISTINCT o.customer_id, o.status, c.region
            FROM orders o JOIN customers c ON c.customer_id = o.customer_id""");

    private static final StreamTableCase JOIN_SHUFFLED = differential("join_shuffled",
            """
            SELECT l.source, l.level, c.customer_id, c.name
            FROM log_lines l JOIN customers c ON c.customer_id = l.n WHERE l.level <> 'info'""");

    private static final StreamTableCase JOIN_BROADCAST = differential("join_broadcast",
            """
            SELECT o.id, o.customer_id, p.id AS payment, p.customer_id AS payer
            FROM orders o JOIN payments p ON p.paid = o.amount WHERE o.status = 'new' AND p.method = 'card'""");

    private static final StreamTableCase JOIN_MIXED = differential("join_mixed",
            """
            SELECT c.region, l.level, count(*) AS n, sum(o.amount) AS total, sum(x.qty) AS others
            FROM orders o
            JOIN customers c ON c.customer_id = o.customer_id
            JOIN log_lines l ON l.source = o.qty
            JOIN orders x ON x.qty = l.n
            WHERE o.status = 'new' AND x.status = 'paid' AND x.amount > 10
            GROUP BY c.region, l.level""");

    private static final StreamTableCase LEFT_JOIN = full("left_join_in_full",
            """
            SELECT c.customer_id, c.region, o.id, o.amount
            FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id AND o.status = 'paid'""");

    private static final StreamTableCase WINDOW = full("window_in_full",
            """
            SELECT id, customer_id, row_number() OVER (PARTITION BY customer_id ORDER BY amount, id) AS place
            FROM orders WHERE qty < 4""");

    private StreamTableCases() {
    }

    static List<StreamTableCase> of(SourceTables tables) {
        return switch (tables) {
            case PLAIN ->
                List.of(FILTER, PROJECTION, BAG, UNION_ALL, JOIN, JOIN_THREE, JOIN_EQUI_AND_THETA, JOIN_THETA, SELF_JOIN,
                        GROUP, GROUP_NULLABLE_KEYS, GROUP_HIDDEN_KEY, HAVING, EXPRESSIONS, GLOBAL, GLOBAL_OFTEN_EMPTY, DISTINCT,
                        DISTINCT_JOIN, LEFT_JOIN, WINDOW);
            case DISTRIBUTED -> distributed();
        };
    }

    /** Of each way in which changes are taken one: for tests of how they are captured, which every program of one kind shows alike. */
    static List<StreamTableCase> few() {
        return List.of(BAG, JOIN_THREE, GROUP.distributedBy("customer_id"), JOIN_SHUFFLED, JOIN_THETA);
    }

    /** Some on the coordinator, some beside their sources, and those whose programs differ most both. */
    private static List<StreamTableCase> distributed() {
        List<StreamTableCase> cases = new ArrayList<>(
                List.of(FILTER, BAG, JOIN_THREE, GROUP, GROUP_NULLABLE_KEYS, GROUP_HIDDEN_KEY,
                        EXPRESSIONS, GLOBAL, DISTINCT, JOIN_SHUFFLED, JOIN_BROADCAST, JOIN_MIXED, LEFT_JOIN, JOIN_THETA,
                        GROUP_BANDS,
                        UNION_BANDS));
        for (StreamTableCase beside : List.of(PROJECTION, UNION_ALL, JOIN, JOIN_EQUI_AND_THETA, SELF_JOIN, GROUP, HAVING,
                DISTINCT_JOIN)) {
            cases.add(beside.distributedBy("customer_id"));
        }
        cases.add(JOIN_BANDS.distributedBy("customer_id"));
        cases.add(BAG.distributedBy("source"));
        cases.add(JOIN_SHUFFLED.distributedBy("customer_id"));
        cases.add(DISTINCT.distributedBy("source"));
        return cases;
    }
}
