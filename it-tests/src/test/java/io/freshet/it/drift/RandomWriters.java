package io.freshet.it.drift;

import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.Writers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Sessions that run random statements, each a transaction, until they are stopped, and never pause. */
final class RandomWriters implements AutoCloseable {
    /** Deadlock, lock timeout, serialization failure. */
    static final Set<String> CONFLICTS = Set.of("40P01", "55P03", "40001");

    private final Database database;
    private final Function<Random, String> statements;
    private final Set<String> tolerated;
    private final Writers writers = new Writers();
    private final AtomicLong succeeded = new AtomicLong();

    private RandomWriters(Database database, Function<Random, String> statements, Set<String> tolerated) {
        this.database = database;
        this.statements = statements;
        this.tolerated = tolerated;
    }

    /** One session: no failure is to be expected. */
    static RandomWriters startOne(Database database, Function<Random, String> statements) {
        return start(1, database, statements, Set.of());
    }

    /** @param tolerated the SQLSTATEs of statements that may fail; any other failure ends the writer and is thrown by {@link #stop} */
    static RandomWriters start(int sessions, Database database, Function<Random, String> statements, Set<String> tolerated) {
        long seed = Scenario.seed();
        System.out.println("writers: " + sessions + ", seed " + seed);
        RandomWriters started = new RandomWriters(database, statements, tolerated);
        for (int i = 0; i < sessions; i++) {
            Random random = new Random(seed + i);
            started.writers.start(() -> started.write(random));
        }
        return started;
    }

    private void write(Random random) {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            while (!writers.areStopping()) {
                String sql = statements.apply(random);
                try {
                    statement.execute(sql);
                    succeeded.incrementAndGet();
                } catch (SQLException e) {
                    if (!tolerated.contains(e.getSQLState())) {
                        throw new IllegalStateException(e.getSQLState() + " " + e.getMessage() + "\nin: " + sql, e);
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns when so many more statements have succeeded. */
    void awaitMore(int count) {
        long enough = succeeded.get() + count;
        Await.until(count + " more statements", () -> succeeded.get() >= enough || writers.anyEnded());
    }

    /** Ends the statements under way. A failure of any writer is the caller's. */
    void stop() {
        writers.stop();
    }

    @Override
    public void close() {
        writers.close();
    }
}
