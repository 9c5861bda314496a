package io.freshet.runtime.demo;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Transactions of one to five statements over several tables: rows come, go, change their values, their keys and their groups; some
 * transactions are rolled back, some in part.
 */
final class RandomTransaction {
    private static final String[] STATUSES = {"open", "paid", "shipped", "cancelled"};
    private static final String[] TIERS = {"bronze", "silver", "gold"};
    private static final int MOST_STATEMENTS = 5;

    /** How a transaction ends. */
    enum End {
        COMMIT,
        ROLLBACK
    }

    private final Connection connection;
    private final Random random;
    private final AtomicLong lastOrder;

    /** @param lastOrder the largest order id given so far, by any writer */
    RandomTransaction(Connection connection, Random random, AtomicLong lastOrder) {
        this.connection = connection;
        this.random = random;
        this.lastOrder = lastOrder;
    }

    /** Runs the statements; the caller ends the transaction as the result says. */
    End run() throws SQLException {
        int statements = 1 + random.nextInt(MOST_STATEMENTS);
        for (int i = 0; i < statements; i++) {
            if (random.nextInt(10) == 0) {
                Savepoint savepoint = connection.setSavepoint();
                statement();
                connection.rollback(savepoint);
            } else {
                statement();
            }
        }
        return random.nextInt(10) == 0 ? End.ROLLBACK : End.COMMIT;
    }

    private void statement() throws SQLException {
        long order = 1 + (long) (random.nextDouble() * lastOrder.get());
        int customer = homeOf(order);
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> insertOrder(lastOrder.incrementAndGet());
            case 6, 7, 8 ->
                update("UPDATE orders SET amount = ? WHERE customer_id = ? AND order_id = ?", amount(), customer, order);
            case 9, 10 ->
                update("UPDATE orders SET status = ? WHERE customer_id = ? AND order_id = ?", pick(STATUSES), customer, order);
            case 11, 12, 13 -> update("DELETE FROM orders WHERE customer_id = ? AND order_id = ?", customer, order);
            case 14 ->
                update("UPDATE orders SET order_id = ? WHERE customer_id = ? AND order_id = ?", lastOrder.incrementAndGet(),
                        customer, order);
            case 15 -> moveOrder(customer, order);
            case 16 -> update("UPDATE orders SET amount = amount + 1 WHERE order_id BETWEEN ? AND ?", order, order + 3);
            case 17 ->
                update("UPDATE customers SET name = ? WHERE customer_id = ?", "customer " + random.nextInt(1000), customer);
            case 18 -> update("UPDATE customers SET region_id = ?, tier = ? WHERE customer_id = ?",
                    random.nextInt(8) == 0 ? null : 1 + random.nextInt(DemoTables.REGIONS), pick(TIERS), customer);
            default -> replaceCustomer(customer);
        }
    }

    private void insertOrder(long order) throws SQLException {
        update("INSERT INTO orders (customer_id, order_id, status, amount) VALUES (?, ?, ?, ?)", homeOf(order), order,
                pick(STATUSES),
                amount());
    }

    /** To another customer, which on Citus is another shard. */
    private void moveOrder(int customer, long order) throws SQLException {
        if (update("DELETE FROM orders WHERE customer_id = ? AND order_id = ?", customer, order) == 1) {
            update("INSERT INTO orders (customer_id, order_id, status, amount) VALUES (?, ?, 'open', ?)",
                    1 + random.nextInt(DemoTables.CUSTOMERS), lastOrder.incrementAndGet(), amount());
        }
    }

    /** It goes and returns: its orders have no partner in between. */
    private void replaceCustomer(int customer) throws SQLException {
        update("DELETE FROM customers WHERE customer_id = ?", customer);
        if (random.nextInt(4) > 0) {
            update("INSERT INTO customers (customer_id, name, region_id, tier) VALUES (?, ?, ?, ?)", customer,
                    "customer " + customer,
                    1 + random.nextInt(DemoTables.REGIONS), pick(TIERS));
        }
    }

    /** The customer who placed an order, as long as nobody moved it. */
    private static int homeOf(long order) {
        return (int) (1 + order % DemoTables.CUSTOMERS);
    }

    private BigDecimal amount() {
        return random.nextInt(20) == 0 ? null : BigDecimal.valueOf(random.nextInt(100_000), 2);
    }

    private String pick(String[] values) {
        return values[random.nextInt(values.length)];
    }

    private int update(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        }
    }
}
