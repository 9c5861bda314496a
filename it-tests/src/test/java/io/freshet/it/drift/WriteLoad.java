package io.freshet.it.drift;

import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Writers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Writers that run random transactions until they are stopped and never pause: several statements on several tables, savepoints that are
 * rolled back, transactions that are rolled back. A statement's failure through a concurrent one rolls the transaction back, as an
 * application would; any other failure ends the load and is thrown by {@link #stop}.
 */
public final class WriteLoad implements AutoCloseable {
    private static final int MOST_STATEMENTS = 8;
    /** Of concurrent writers: serialization failure, deadlock, lock timeout, and a key taken by a row that was updated to it. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "55P03", "23505");
    /** Of a server that was killed: connection failures, shutdowns, and what Citus makes of a worker that went away. */
    private static final Set<String> OUTAGES = Set.of("08000", "08001", "08003", "08006", "57P01", "57P02", "57P03", "XX000");

    private static final long RECONNECT_PAUSE = 50_000_000;

    private final Database database;
    private final Writers writers = new Writers();
    private final LongAdder committed = new LongAdder();
    private final LongAdder rolledBack = new LongAdder();
    private final LongAdder conflicts = new LongAdder();
    private final LongAdder rows = new LongAdder();

    private WriteLoad(Database database) {
        this.database = database;
    }

    /**
     * @param rows how many rows the statements of committed transactions wrote
     * @param conflicts how many transactions another one's locks or keys ended
     */
    public record Totals(long committed, long rolledBack, long conflicts, long rows) {
    }

    /**
     * Starts the writers.
     *
     * @param seed the same seed gives each writer the same statements; their interleaving is the server's
     */
    public static WriteLoad start(Database database, int writers, long seed) {
        System.out.println("load: " + writers + " writers, seed " + seed);
        SourceTables tables = SourceTables.of(database.cluster());
        WriteLoad load = new WriteLoad(database);
        for (int i = 0; i < writers; i++) {
            Random random = new Random(seed * 1_000_003 + i);
            RandomStatements statements = new RandomStatements(tables, random);
            if (i == 0 && tables == SourceTables.DISTRIBUTED) {
                statements.writeBands();
            }
            load.writers.start(() -> load.write(statements, random));
        }
        return load;
    }

    public Totals totals() {
        return new Totals(committed.sum(), rolledBack.sum(), conflicts.sum(), rows.sum());
    }

    /** Ends the transactions under way and returns what was done. */
    public Totals stop() {
        writers.stop();
        return totals();
    }

    @Override
    public void close() {
        writers.close();
    }

    private void write(RandomStatements statements, Random random) {
        while (!writers.areStopping()) {
            try (Connection connection = database.connect()) {
                connection.setAutoCommit(false);
                while (!writers.areStopping()) {
                    transaction(connection, statements, random);
                }
            } catch (SQLException e) {
                if (!OUTAGES.contains(e.getSQLState())) {
                    throw new IllegalStateException(e.getSQLState() + " " + e.getMessage(), e);
                }
                LockSupport.parkNanos(RECONNECT_PAUSE);
            }
        }
    }

    private void transaction(Connection connection, RandomStatements statements, Random random) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long written = 0;
            int count = 1 + random.nextInt(MOST_STATEMENTS);
            for (int i = 0; i < count; i++) {
                if (random.nextInt(6) == 0) {
                    written += underSavepoint(connection, statements, random);
                } else {
                    written += run(statement, statements.next());
                }
            }
            if (random.nextInt(10) == 0) {
                connection.rollback();
                rolledBack.increment();
            } else {
                connection.commit();
                committed.increment();
                rows.add(written);
            }
        } catch (SQLException e) {
            if (!CONFLICTS.contains(e.getSQLState())) {
                throw e;
            }
            connection.rollback();
            conflicts.increment();
        }
    }

    /** Half of the savepoints are rolled back to, with what was done since; the transaction goes on. */
    private static long underSavepoint(Connection connection, RandomStatements statements, Random random) throws SQLException {
        Savepoint savepoint = connection.setSavepoint();
        long written = 0;
        try (Statement statement = connection.createStatement()) {
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                written += run(statement, statements.next());
            }
        }
        if (random.nextBoolean()) {
            connection.rollback(savepoint);
            return 0;
        }
        connection.releaseSavepoint(savepoint);
        return written;
    }

    private static long run(Statement statement, String sql) throws SQLException {
        statement.execute(sql);
        return Math.max(0, statement.getUpdateCount());
    }
}
