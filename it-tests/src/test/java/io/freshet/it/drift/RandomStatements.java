package io.freshet.it.drift;

import io.freshet.planner.print.Quoting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An endless, seeded supply of statements on {@link SourceTables}. Not safe for concurrent use: each writer has its own. */
final class RandomStatements {
    private static final int CUSTOMERS = 40;
    private static final int ORDERS = 1_000;
    private static final int PAYMENTS = 800;
    private static final int LOG_SOURCES = 12;
    private static final String[] REGIONS = {"north", "south", "Île-de-France", ""};
    private static final String[] STATUSES = {"new", "paid", "it's \\ \"odd\"", ""};
    private static final String[] METHODS = {"card", "cash"};
    private static final String[] LEVELS = {"info", "warn", "error"};
    private static final int NULL_IN = 8;
    /** Long enough to be stored out of line: an update of another column then sends no value for it. */
    private static final int LONG_NOTE = 6_000;

    private final Random random;
    /** Of ten statements on an order, so many name its id alone. */
    private final int idOnly;
    private final List<Supplier<String>> kinds = new ArrayList<>();

    RandomStatements(SourceTables tables, Random random) {
        this.random = random;
        this.idOnly = tables == SourceTables.PLAIN ? 5 : 1;
        add(6, this::insertOrders);
        add(5, () -> "UPDATE orders SET amount = " + amount() + " WHERE " + someOrder());
        add(3, () -> "UPDATE orders SET status = " + text(STATUSES) + ", qty = " + quantity() + " WHERE " + someOrder());
        add(2, () -> "UPDATE orders SET note = " + note() + " WHERE " + someOrder());
        add(idOnly, () -> "UPDATE orders SET amount = amount + 1, note = note WHERE " + someOrders());
        add(4, () -> "DELETE FROM orders WHERE " + someOrder());
        add(1, () -> "DELETE FROM orders WHERE customer_id = " + customer());
        add(1, () -> "UPDATE orders SET id = id + " + ORDERS + " WHERE id <= " + ORDERS + " AND " + someOrder());
        add(4, this::insertCustomers);
        add(3, () -> "UPDATE customers SET region = " + text(REGIONS) + " WHERE customer_id = " + customer());
        add(1, () -> "UPDATE customers SET name = name || '.' WHERE length(name) < 12 AND customer_id = " + customer());
        add(2, () -> "DELETE FROM customers WHERE customer_id = " + customer());
        add(4, this::insertPayments);
        add(2, () -> "UPDATE payments SET paid = " + amount() + " WHERE " + somePayment());
        add(1, () -> "UPDATE payments SET method = " + text(METHODS) + " WHERE customer_id = " + customer());
        add(3, () -> "DELETE FROM payments WHERE " + somePayment());
        add(6, this::insertLogLines);
        add(2, () -> "UPDATE log_lines SET level = " + text(LEVELS) + " WHERE source = " + logSource() + " AND n = "
                + random.nextInt(5));
        add(idOnly, () -> "UPDATE log_lines SET message = NULL WHERE n = " + random.nextInt(5));
        add(2, () -> "UPDATE log_lines SET n = n + 1, message = upper(message) WHERE source = " + logSource() + " AND n < 3");
        add(2, () -> "DELETE FROM log_lines WHERE source = " + logSource() + " AND n = " + random.nextInt(5));
        add(1, () -> "DELETE FROM log_lines WHERE source = " + logSource());
        if (tables == SourceTables.PLAIN) {
            add(3, () -> "UPDATE orders SET customer_id = " + nullOr(Integer.toString(customer())) + " WHERE " + someOrder());
            add(1, () -> "UPDATE customers SET customer_id = customer_id + " + CUSTOMERS + " WHERE customer_id = " + customer());
            writeBands();
            // One of several equal rows: the others stay.
            add(2, () -> "DELETE FROM log_lines WHERE ctid = (SELECT min(ctid) FROM log_lines WHERE source = " + logSource()
                    + ")");
        } else {
            // The distribution column's value cannot change in place: the row is deleted and comes again elsewhere.
            add(2, this::moveOrder);
        }
    }

    /**
     * Lets this writer write {@code bands}, too. On Citus there must be one such: concurrent writers can make the copies of a reference table differ
     * for good, and then a query has several answers.
     */
    final RandomStatements writeBands() {
        add(2, this::insertBand);
        add(1, () -> "UPDATE bands SET high = low + " + random.nextInt(6) + " WHERE label = " + band());
        add(1, () -> "DELETE FROM bands WHERE label = " + band());
        return this;
    }

    private void add(int weight, Supplier<String> kind) {
        for (int i = 0; i < weight; i++) {
            kinds.add(kind);
        }
    }

    /** The next statement; two where one cannot do it. */
    String next() {
        return kinds.get(random.nextInt(kinds.size())).get();
    }

    private String insertOrders() {
        return "INSERT INTO orders (id, customer_id, status, amount, qty, note, created) VALUES " + rows(4, this::newOrder)
                + " ON CONFLICT DO NOTHING";
    }

    private String newOrder() {
        return row(Integer.toString(order()), Integer.toString(customer()), text(STATUSES), amount(), quantity(), note(),
                "timestamptz '2024-01-01 00:00:00+00' + interval '1 minute' * " + random.nextInt(500_000));
    }

    private String moveOrder() {
        int id = order();
        return "DELETE FROM orders WHERE id = " + id
                + "; INSERT INTO orders (id, customer_id, status, amount, qty, note, created) VALUES "
                + row(Integer.toString(id), Integer.toString(customer()), text(STATUSES), amount(), quantity(), note(),
                        "'2024-06-01 12:00:00+00'")
                + " ON CONFLICT DO NOTHING";
    }

    private String insertCustomers() {
        return "INSERT INTO customers (customer_id, region, name) VALUES " + rows(2,
                () -> row(Integer.toString(customer()), text(REGIONS), Quoting.literal("name " + random.nextInt(10))))
                + " ON CONFLICT DO NOTHING";
    }

    private String insertPayments() {
        return "INSERT INTO payments (id, customer_id, paid, method) VALUES "
                + rows(3, () -> row(Integer.toString(payment()), Integer.toString(customer()), amount(), text(METHODS)))
                + " ON CONFLICT DO NOTHING";
    }

    /** The same line once to three times. */
    private String insertLogLines() {
        String line = row(Integer.toString(logSource()), text(LEVELS), nullOr("'message " + random.nextInt(3) + "'"),
                nullOr(Integer.toString(random.nextInt(5))));
        return "INSERT INTO log_lines (source, level, message, n) VALUES " + rows(3, () -> line);
    }

    private String insertBand() {
        int low = random.nextInt(20);
        return "INSERT INTO bands (label, low, high) VALUES "
                + row(band(), Integer.toString(low), nullOr(Integer.toString(low + random.nextInt(8))))
                + " ON CONFLICT DO NOTHING";
    }

    private String someOrder() {
        // Without the customer Citus asks every shard, and locks them.
        return random.nextInt(10) < idOnly
                ? "id = " + order()
                : "customer_id = " + customer() + " AND id % 7 = " + random.nextInt(7);
    }

    private String somePayment() {
        return random.nextInt(10) < idOnly
                ? "id = " + payment()
                : "customer_id = " + customer() + " AND id % 5 = " + random.nextInt(5);
    }

    private String someOrders() {
        int first = order();
        return "id BETWEEN " + first + " AND " + (first + 100) + " AND qty = " + quantity();
    }

    private String rows(int most, Supplier<String> row) {
        return IntStream.rangeClosed(0, random.nextInt(most)).mapToObj(i -> row.get()).collect(Collectors.joining(", "));
    }

    private static String row(String... values) {
        return Arrays.stream(values).collect(Collectors.joining(", ", "(", ")"));
    }

    private int order() {
        return 1 + random.nextInt(ORDERS);
    }

    private int payment() {
        return 1 + random.nextInt(PAYMENTS);
    }

    private int customer() {
        return 1 + random.nextInt(CUSTOMERS);
    }

    private int logSource() {
        return 1 + random.nextInt(LOG_SOURCES);
    }

    private String band() {
        return Quoting.literal("band " + random.nextInt(6));
    }

    private String quantity() {
        return Integer.toString(random.nextInt(20));
    }

    private String amount() {
        return nullOr((random.nextInt(4_000) - 500) / 100 + "." + random.nextInt(10) + "0");
    }

    private String note() {
        return switch (random.nextInt(10)) {
            case 0 -> Quoting.literal(incompressible());
            case 1 -> "''";
            case 2, 3 -> "NULL";
            default -> Quoting.literal("note " + random.nextInt(50));
        };
    }

    private String incompressible() {
        StringBuilder text = new StringBuilder(LONG_NOTE);
        for (int i = 0; i < LONG_NOTE; i++) {
            text.append((char) ('!' + random.nextInt(90)));
        }
        return text.toString();
    }

    private String text(String[] values) {
        return nullOr(Quoting.literal(values[random.nextInt(values.length)]));
    }

    private String nullOr(String value) {
        return random.nextInt(NULL_IN) == 0 ? "NULL" : value;
    }
}
