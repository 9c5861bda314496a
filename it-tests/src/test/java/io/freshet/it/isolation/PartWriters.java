package io.freshet.it.isolation;

import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.Writers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One writer per source of {@link Parts}, which writes what it can: what fails because a node is down is left out. Rows come, change and go, most
 * statements on one row, some on many.
 */
final class PartWriters implements AutoCloseable {
    private static final int IDS = 400;
    private static final long PAUSE_AFTER_FAILURE = 20_000_000;
    private static final long PAUSE = 2_000_000;

    private final Database database;
    private final Writers writers = new Writers();
    private final Map<String, AtomicLong> committed = new TreeMap<>();

    private PartWriters(Database database) {
        this.database = database;
    }

    static PartWriters start(Database database) {
        long seed = Long.getLong("freshet.seed", ThreadLocalRandom.current().nextLong(1_000_000));
        System.out.println("writers of parts: seed " + seed);
        PartWriters parts = new PartWriters(database);
        Parts.SOURCES.forEach(source -> parts.committed.put(source, new AtomicLong()));
        for (String source : Parts.SOURCES) {
            Random random = new Random(seed + Parts.SOURCES.indexOf(source));
            parts.writers.start(() -> parts.write(source, random));
        }
        Parts.SOURCES.forEach(source -> parts.awaitMore(source, 100));
        return parts;
    }

    /** Returns when so many more statements on this source have succeeded. */
    void awaitMore(String source, int statements) {
        AtomicLong count = committed.get(source);
        long enough = count.get() + statements;
        Await.until(statements + " more statements on " + source,
                () -> count.get() >= enough || writers.anyEnded());
    }

    private void write(String source, Random random) {
        while (!writers.areStopping()) {
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                while (!writers.areStopping()) {
                    try {
                        statement.execute(next(source, random));
                        committed.get(source).incrementAndGet();
                        LockSupport.parkNanos(PAUSE);
                    } catch (SQLException e) {
                        if (connection.isClosed()) {
                            throw e;
                        }
                        LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
                    }
                }
            } catch (SQLException e) {
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
            }
        }
    }

    private static String next(String source, Random random) {
        int id = random.nextInt(IDS);
        int v = random.nextInt(1000);
        return switch (random.nextInt(10)) {
            case 0 -> "DELETE FROM " + source + " WHERE id = " + id;
            case 1 -> "UPDATE " + source + " SET v = v + 1 WHERE kind = " + random.nextInt(7) + " AND v < " + v;
            case 2, 3, 4 -> "UPDATE " + source + " SET v = " + v + ", kind = " + random.nextInt(7) + " WHERE id = " + id;
            default -> "INSERT INTO " + source + " VALUES (" + id + ", " + random.nextInt(7) + ", " + v
                    + ") ON CONFLICT (id) DO UPDATE SET v = excluded.v";
        };
    }

    /** Ends the writers. */
    void stop() {
        writers.stop();
    }

    @Override
    public void close() {
        writers.close();
    }
}
