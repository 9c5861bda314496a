package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import io.freshet.it.daemon.Together;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** TRUNCATE of tables of every placement on Citus, from every node that can reach them; also of one partition. */
class TruncatePlacementIT {
    private static final String SCHEMA = """
                                         CREATE TABLE facts (k int PRIMARY KEY, v int);
                                         CREATE TABLE plain (k int PRIMARY KEY, v int);
                                         CREATE TABLE known (k int PRIMARY KEY, v int);
                                         CREATE TABLE lone (k int PRIMARY KEY, v int);
                                         CREATE TABLE parted (k int PRIMARY KEY, v int) PARTITION BY RANGE (k);
                                         CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
                                         CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (100);
                                         ALTER TABLE parted_1 REPLICA IDENTITY FULL;
                                         ALTER TABLE parted_2 REPLICA IDENTITY FULL;
                                         SELECT create_distributed_table('facts', 'k');
                                         SELECT create_distributed_table('lone', NULL);
                                         SELECT create_distributed_table('parted', 'k', colocate_with => 'none');
                                         SELECT citus_add_local_table_to_metadata('known');
                                         CREATE SCHEMA tenant;
                                         SELECT citus_schema_distribute('tenant');
                                         CREATE TABLE tenant.t (k int PRIMARY KEY, v int);
                                         INSERT INTO facts SELECT i, i % 3 FROM generate_series(1, 20) i;
                                         ALTER TABLE facts REPLICA IDENTITY FULL;
                                         """;

    private static final List<String> SOURCES = List.of("tenant.t", "known", "lone", "parted", "plain");

    @Test
    void ofAWholeTableIsFollowed() {
        whileTheyAreKept(database -> {
            for (Server server : database.cluster().servers()) {
                for (String source : SOURCES) {
                    // The others know nothing of a table that only the coordinator has.
                    if (!source.equals("plain") || server.equals(database.cluster().coordinator())) {
                        truncate(database, server, source, source);
                    }
                }
            }
        });
    }

    @Test
    void ofOnePartitionIsFollowed() {
        whileTheyAreKept(database -> truncate(database, database.cluster().coordinator(), "parted_1", "parted"));
    }

    /** A worker's stream does not show it: what is published by its root is not told when a partition of it is truncated. */
    @Test
    void ofOnePartitionByAWorkerIsFollowed() {
        whileTheyAreKept(database -> truncate(database, database.cluster().workers().getFirst(), "parted_1", "parted"));
    }

    private static void whileTheyAreKept(Consumer<Database> truncates) {
        try (Database database = Clusters.citus().createDatabase("truncated_placements")) {
            // Each for itself: Citus mixes a distributed schema's first table with other tables in no transaction.
            List.of(SCHEMA.split(";\\s*")).forEach(database::execute);
            SOURCES.forEach(source -> database.execute("ALTER TABLE " + source + " REPLICA IDENTITY FULL"));
            StreamTables streamTables = new StreamTables(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                Together.forEach(SOURCES, source -> queries(source).forEach(each -> {
                    streamTables.create(each.name(), each.query());
                    assertThat(streamTables.mode(each.name())).as(each.query()).isEqualTo("DIFFERENTIAL");
                }));
                truncates.accept(database);
                assertThat(streamTables.errors()).isEmpty();
                daemon.assertStepsRunAsTheySay();
            }
        }
    }

    /** @param source what the stream tables read: the table, or the root of the partition */
    private static void truncate(Database database, Server server, String table, String source) {
        Database.Session session = database.on(server);
        String insert = "INSERT INTO " + source + " SELECT i, i %% 4 FROM generate_series(%d, %d) i";
        session.execute("DELETE FROM " + source);
        session.execute(insert.formatted(1, 20));
        assertRight(database, source, "before TRUNCATE " + table);
        session.execute("TRUNCATE " + table);
        assertRight(database, source, "TRUNCATE " + table);
        session.execute(
                "BEGIN; " + insert.formatted(31, 40) + "; TRUNCATE " + table + "; " + insert.formatted(1, 5) + "; COMMIT");
        assertRight(database, source, "among inserts, TRUNCATE " + table);
    }

    private static void assertRight(Database database, String source, String when) {
        StreamTables streamTables = new StreamTables(database);
        for (StreamTableCase each : queries(source)) {
            assertThat(streamTables.verify(each.name()).differingRows()).as("%s: %s", when, each.query()).isZero();
            Recompute.assertEqual(database, each);
        }
    }

    /** Alone, and beside the shards of another table. */
    private static List<StreamTableCase> queries(String source) {
        String name = source.replace('.', '_');
        return List.of(
                StreamTableCase.differential(name + "_groups",
                        "SELECT v, count(*) AS n, max(k) AS most FROM " + source + " GROUP BY v"),
                StreamTableCase.differential(name + "_joined",
                        "SELECT f.k, f.v, x.v AS other FROM facts f JOIN " + source + " x ON x.k = f.k"));
    }
}
