package io.freshet.it.atomic;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Writers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writers that never pause and move amounts about, each in one transaction that leaves the sum as it was: between branches on different
 * shards, between all of them at once, between a branch and the vault, a reference table. Half of the writers are connected to the coordinator,
 * the others to workers.
 */
final class Transfers implements AutoCloseable {
    static final int BRANCHES = 16;
    static final int PER_BRANCH = 4;
    static final long SUM = 1_000L * BRANCHES * PER_BRANCH;
    /** Of concurrent writers: serialization failure, deadlock. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01");

    private final Database database;
    private final Writers writers = new Writers();
    private final LongAdder committed = new LongAdder();

    private Transfers(Database database) {
        this.database = database;
    }

    static void createTables(Database database) {
        database.execute(
                """
                CREATE TABLE accounts (branch int, id int, vault int NOT NULL, amount bigint NOT NULL, PRIMARY KEY (branch, id));
                CREATE TABLE vault (id int PRIMARY KEY, amount bigint NOT NULL);
                SET citus.shard_count = 8;
                SELECT create_distributed_table('accounts', 'branch');
                SELECT create_reference_table('vault');
                ALTER TABLE accounts REPLICA IDENTITY FULL;
                ALTER TABLE vault REPLICA IDENTITY FULL;
                INSERT INTO accounts SELECT b, i, 1, 1000 FROM generate_series(1, %d) b, generate_series(1, %d) i;
                INSERT INTO vault VALUES (1, 0)
                """.formatted(BRANCHES, PER_BRANCH));
    }

    static Transfers start(Database database, CitusCluster cluster, int count, long seed) {
        System.out.println("transfers: " + count + " writers, seed " + seed);
        Transfers transfers = new Transfers(database);
        List<Server> workers = cluster.workers();
        for (int i = 0; i < count; i++) {
            Random random = new Random(seed * 1_000_003 + i);
            Server server = i % 2 == 0 ? cluster.coordinator() : workers.get(i / 2 % workers.size());
            transfers.writers.start(() -> transfers.write(server, random));
        }
        return transfers;
    }

    long committed() {
        return committed.sum();
    }

    /** Ends the transactions under way. */
    void stop() {
        writers.stop();
    }

    @Override
    public void close() {
        writers.close();
    }

    private void write(Server server, Random random) {
        String url = "jdbc:postgresql://" + Server.HOST + ":" + server.port() + "/" + database.name() + "?user="
                + Server.SUPERUSER;
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!writers.areStopping()) {
                try {
                    for (String sql : transfer(random)) {
                        statement.executeUpdate(sql);
                    }
                    connection.commit();
                    committed.increment();
                } catch (SQLException e) {
                    if (!CONFLICTS.contains(e.getSQLState())) {
                        throw e;
                    }
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getSQLState() + " " + e.getMessage(), e);
        }
    }

    private static List<String> transfer(Random random) {
        int amount = 1 + random.nextInt(50);
        int one = 1 + random.nextInt(BRANCHES);
        int other = 1 + (one + random.nextInt(BRANCHES - 1)) % BRANCHES;
        int id = 1 + random.nextInt(PER_BRANCH);
        return switch (random.nextInt(10)) {
            case 0 ->
                List.of("UPDATE accounts SET amount = amount + CASE WHEN branch % 2 = 0 THEN 1 ELSE -1 END WHERE id = " + id);
            case 1, 2 -> List.of(move(one, id, amount), "UPDATE vault SET amount = amount - " + amount);
            default -> List.of(move(Math.min(one, other), id, amount), move(Math.max(one, other), id, -amount));
        };
    }

    private static String move(int branch, int id, int amount) {
        return "UPDATE accounts SET amount = amount + " + amount + " WHERE branch = " + branch + " AND id = " + id;
    }
}
