package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import io.freshet.it.daemon.Together;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards on the coordinator: of a cluster that has no worker, and beside those on workers. */
class LonelyCoordinatorIT {
    private static final String SOURCES = """
                                          CREATE TABLE facts (k int PRIMARY KEY, d int NOT NULL, v int);
                                          CREATE TABLE others (k int PRIMARY KEY, w int);
                                          CREATE TABLE dims (id int PRIMARY KEY, name text);
                                          SELECT create_distributed_table('facts', 'k', shard_count => 6);
                                          SELECT create_distributed_table('others', 'k', colocate_with => 'facts');
                                          SELECT create_reference_table('dims');
                                          ALTER TABLE facts REPLICA IDENTITY FULL;
                                          ALTER TABLE others REPLICA IDENTITY FULL;
                                          ALTER TABLE dims REPLICA IDENTITY FULL;
                                          INSERT INTO facts SELECT i, i % 5, i FROM generate_series(1, 200) i;
                                          INSERT INTO others SELECT i, i * 2 FROM generate_series(1, 200, 3) i;
                                          INSERT INTO dims SELECT i, 'name ' || i % 3 FROM generate_series(0, 4) i;
                                          """;

    private record Kept(String name, String query, String... options) {
    }

    private static final List<Kept> STREAM_TABLES = List.of(
            new Kept("joined", "SELECT f.k, f.v, o.w FROM facts f JOIN others o ON o.k = f.k",
                    "output_distribution_column => 'k'"),
            new Kept("grouped", "SELECT d, count(*) AS n, max(v) AS most FROM facts GROUP BY d"),
            new Kept("grouped_elsewhere", "SELECT d, count(*) AS n, max(v) AS most FROM facts GROUP BY d",
                    "output_distribution_column => 'd'"),
            new Kept("named", "SELECT f.k, d.name, f.v FROM facts f JOIN dims d ON d.id = f.d",
                    "output_distribution_column => 'k'"),
            new Kept("everywhere", "SELECT d.name, sum(f.v) AS total FROM facts f JOIN dims d ON d.id = f.d GROUP BY d.name",
                    "output_placement => 'reference'"),
            new Kept("dims_alone", "SELECT id, name FROM dims", "output_distribution_column => 'id'"));

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void itsStreamTablesFollow(int workers) {
        try (CitusCluster cluster = Clusters.ownCitus(workers, Map.of()); Database database = cluster.createDatabase("lonely")) {
            database.execute(
                    "SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', true) FROM pg_dist_node WHERE groupid = 0");
            database.execute(SOURCES);
            assertThat(Integer.parseInt(
                    database.value("SELECT count(*) FROM citus_shards WHERE table_name = 'facts'::regclass AND nodeport = "
                            + cluster.coordinator().port())))
                    .isPositive();
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                for (Kept kept : STREAM_TABLES) {
                    streamTables.create(kept.name(), kept.query(), kept.options());
                    assertThat(streamTables.mode(kept.name())).as(kept.name()).isEqualTo("DIFFERENTIAL");
                }
                try (TableWriters writers = TableWriters.start(2, database, LonelyCoordinatorIT::write,
                        TableWriters.CONFLICTS)) {
                    for (int round = 1; round <= 3; round++) {
                        writers.awaitMore();
                        Operation.perform(database,
                                """
                                UPDATE facts SET v = v + %1$d, d = (d + 1) %% 5 WHERE k %% 7 = %1$d;
                                DELETE FROM facts WHERE k %% 11 = %1$d;
                                INSERT INTO facts SELECT 1000 * %1$d + i, i, i FROM generate_series(0, 4) i;
                                UPDATE others SET w = w + 1 WHERE k %% 4 = %1$d;
                                UPDATE dims SET name = 'round %1$d' WHERE id = %1$d;
                                """.formatted(round));
                        Together.forEach(STREAM_TABLES, kept -> assertThat(streamTables.verify(kept.name()).differingRows())
                                .as(kept.name()).isZero());
                    }
                    writers.stop();
                }
                for (Kept kept : STREAM_TABLES) {
                    streamTables.refresh(kept.name());
                    String rows = "SELECT * FROM " + kept.name();
                    assertThat(database.rows(rows + " EXCEPT ALL (" + kept.query() + ")")).as(kept.name()).isEmpty();
                    assertThat(database.rows("(" + kept.query() + ") EXCEPT ALL " + rows)).as(kept.name()).isEmpty();
                }
                daemon.assertStepsRunAsTheySay();
                assertThat(streamTables.errors()).isEmpty();
            }
        }
    }

    /** Not to {@code dims}: concurrent writers can make the copies of a reference table differ. */
    private static String write(Random random) {
        int k = 1 + random.nextInt(260);
        return switch (random.nextInt(6)) {
            case 0 -> "DELETE FROM facts WHERE k = " + k;
            case 1 -> "UPDATE facts SET d = (d + 1) % 5 WHERE v % 9 = " + random.nextInt(9);
            case 2 -> "INSERT INTO others VALUES (" + k + ", " + k + ") ON CONFLICT (k) DO UPDATE SET w = others.w + 1";
            case 3 -> "DELETE FROM others WHERE k = " + k;
            default -> "INSERT INTO facts VALUES (" + k + ", " + k % 5 + ", " + random.nextInt(300)
                    + ") ON CONFLICT (k) DO UPDATE SET v = EXCLUDED.v";
        };
    }
}
