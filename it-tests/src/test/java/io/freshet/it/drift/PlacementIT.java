package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import io.freshet.it.daemon.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Sources of every placement, views over them, and each placement of the stream table, while one session writes to all of them; one, because
 * concurrent writers can make the copies of a reference table differ.
 */
class PlacementIT {
    private static final int STATEMENTS_BETWEEN = 60;
    private static final int ROUNDS = 3;

    private static final List<String> KEYED = List.of("facts", "elsewhere", "dims", "plain", "known", "lone", "parted",
            "tenant.a",
            "tenant.b");

    private static final String SCHEMA = """
                                         CREATE TABLE facts (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE elsewhere (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE dims (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE plain (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE known (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE lone (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE parted (k int, d int NOT NULL, v int, PRIMARY KEY (k)) PARTITION BY RANGE (k);
                                         CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (7);
                                         CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (7) TO (100);
                                         ALTER TABLE parted_low REPLICA IDENTITY FULL;
                                         ALTER TABLE parted_high REPLICA IDENTITY FULL;
                                         SELECT create_distributed_table('facts', 'k', colocate_with => 'none');
                                         SELECT create_distributed_table('elsewhere', 'k', colocate_with => 'none');
                                         SELECT create_distributed_table('parted', 'k', colocate_with => 'none');
                                         SELECT create_distributed_table('lone', NULL);
                                         SELECT create_reference_table('dims');
                                         SELECT citus_add_local_table_to_metadata('known');
                                         CREATE SCHEMA tenant;
                                         SELECT citus_schema_distribute('tenant');
                                         CREATE TABLE tenant.a (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE TABLE tenant.b (k int, d int NOT NULL, v int, PRIMARY KEY (k));
                                         CREATE VIEW seen AS SELECT f.k, d.d, f.v, p.v AS w
                                           FROM facts f JOIN dims d ON d.k = f.d JOIN plain p ON p.k = f.d;
                                         CREATE VIEW of_tenant AS SELECT a.k, a.d, b.v FROM tenant.a a JOIN tenant.b b ON b.k = a.d;
                                         CREATE VIEW of_known AS SELECT k, d, v FROM known WHERE v > 1;
                                         CREATE VIEW of_lone AS SELECT k, d, v FROM lone;
                                         CREATE VIEW of_parted AS SELECT p.k, p.d, r.v FROM parted p JOIN dims r ON r.k = p.d;
                                         CREATE VIEW over_views AS SELECT s.k, s.d, s.v, c.v AS x FROM seen s JOIN of_known c ON c.k = s.d;
                                         """;

    private static final List<String> ON_COORDINATOR = List.of();
    private static final List<String> REFERENCE = List.of("output_placement => 'reference'");
    private static final List<String> DISTRIBUTED = List.of("output_distribution_column => 'k'");
    private static final List<String> BESIDE_ELSEWHERE = List.of("output_distribution_column => 'k'",
            "output_colocate_with => 'elsewhere'");

    /** @param shardedWith the table whose shards a stream table of this query shares when it is distributed by {@code k} */
    private record Query(String sql, Optional<String> shardedWith) {
        static Query of(String sql) {
            return new Query(sql, Optional.empty());
        }

        static Query with(String table, String sql) {
            return new Query(sql, Optional.of(table));
        }
    }

    /** Kept in every placement. */
    private static final List<Query> QUERIES = List.of(
            Query.with("facts", "SELECT k, d, v FROM facts WHERE v > 2"),
            Query.with("facts", "SELECT f.k, f.d, r.v FROM facts f JOIN dims r ON r.k = f.d"),
            Query.of("SELECT f.d AS k, count(*) AS n, sum(p.v) AS total, max(c.v) AS most FROM facts f JOIN plain p ON p.k = f.d"
                    + " JOIN known c ON c.k = f.d GROUP BY f.d"),
            Query.of("SELECT k, d, v FROM dims"),
            Query.of("SELECT r.k, c.d, p.v FROM dims r JOIN known c ON c.k = r.d JOIN plain p ON p.k = r.k"),
            Query.of("SELECT a.k, a.d, b.v FROM tenant.a a JOIN tenant.b b ON b.k = a.d"),
            Query.of("SELECT a.k, count(*) AS n, max(r.v) AS most FROM tenant.a a JOIN dims r ON r.k = a.d GROUP BY a.k"),
            Query.of("SELECT k, d, v FROM facts UNION ALL SELECT k, d, v FROM elsewhere UNION ALL SELECT k, d, v FROM known"),
            Query.with("facts", "SELECT k, d, w, v FROM seen"),
            Query.with("parted",
                    "SELECT p.k, count(*) AS n, max(c.v) AS most FROM parted p JOIN known c ON c.k = p.d GROUP BY p.k"),
            Query.of("SELECT l.k, l.d, r.v FROM lone l JOIN dims r ON r.k = l.d"));

    /** Kept in two. */
    private static final List<Query> OF_VIEWS = List.of(
            Query.of("SELECT k, d, v FROM of_tenant WHERE v > 0"),
            Query.of("SELECT d AS k, count(*) AS n, min(v) AS least FROM of_known GROUP BY d"),
            Query.of("SELECT k, d, v FROM of_lone"),
            Query.with("parted", "SELECT k, d, v FROM of_parted"),
            Query.with("facts", "SELECT k, d, v, x FROM over_views"));

    private record Kept(String name, Query query, List<String> options) {
        String sql() {
            return query.sql();
        }
    }

    private static List<Kept> streamTables() {
        List<Kept> kept = new ArrayList<>();
        for (Query query : QUERIES) {
            for (List<String> placement : List.of(ON_COORDINATOR, REFERENCE, DISTRIBUTED, BESIDE_ELSEWHERE)) {
                kept.add(new Kept("st_" + kept.size(), query, placement));
            }
        }
        for (Query query : OF_VIEWS) {
            for (List<String> placement : List.of(REFERENCE, DISTRIBUTED)) {
                kept.add(new Kept("st_" + kept.size(), query, placement));
            }
        }
        return kept;
    }

    @Test
    void everyPlacementOfSourcesAndOutputsFollows() {
        try (Database database = Clusters.citus().createDatabase("placements")) {
            // Each for itself: a distributed schema's first table may lie on the coordinator, and Citus mixes the two in no transaction.
            List.of(SCHEMA.split(";\\s*")).forEach(database::execute);
            for (String table : KEYED) {
                database.execute("ALTER TABLE " + table + " REPLICA IDENTITY FULL; INSERT INTO " + table
                        + " SELECT i, 1 + i % 6, i % 5 FROM generate_series(1, 12) i");
            }
            StreamTables functions = new StreamTables(database);
            List<Kept> kept = streamTables();
            try (DaemonProcess daemon = DaemonProcess.start(database);
                    TableWriters writer = TableWriters.start(1, database, PlacementIT::write, Set.of())) {
                Together.forEach(kept, each -> {
                    functions.create(each.name(), each.sql(), each.options().toArray(String[]::new));
                    assertThat(functions.mode(each.name())).as(each.sql() + each.options()).isEqualTo("DIFFERENTIAL");
                });
                kept.forEach(each -> assertPlacement(database, each));
                for (int round = 0; round < ROUNDS; round++) {
                    writer.awaitMore(STATEMENTS_BETWEEN);
                    Together.forEach(kept, each -> assertThat(functions.verify(each.name()).differingRows())
                            .as("%s %s", each.sql(), each.options()).isZero());
                }
                writer.stop();
                for (Kept each : kept) {
                    functions.refresh(each.name());
                    Recompute.assertEqual(database, StreamTableCase.differential(each.name(), each.sql()));
                }
                kept.forEach(each -> assertCopiesAreEqual(database, each));
                assertThat(functions.errors()).isEmpty();
                daemon.assertStepsRunAsTheySay();
                assertThat(daemon.log()).doesNotContain("it was not what the source had been");
            }
        }
    }

    /** It lies where it was asked to lie, by Citus's own word. */
    private static void assertPlacement(Database database, Kept kept) {
        List<String> found = database.rows("SELECT citus_table_type, distribution_column FROM citus_tables WHERE table_name = '"
                + kept.name() + "'::regclass");
        assertThat(found).as(kept.sql() + kept.options()).isEqualTo(kept.options() == ON_COORDINATOR
                ? List.of()
                : List.of(kept.options() == REFERENCE ? "reference|<none>" : "distributed|k"));
        Optional<String> neighbour = kept.options() == BESIDE_ELSEWHERE
                ? Optional.of("elsewhere")
                : kept.query().shardedWith().filter(table -> kept.options() == DISTRIBUTED);
        neighbour.ifPresent(table -> assertThat(database.rows(
                "SELECT DISTINCT colocation_id FROM citus_tables WHERE table_name IN ('%s'::regclass, '%s'::regclass)"
                        .formatted(kept.name(), table)))
                .as("%s beside %s", kept.sql(), table).hasSize(1));
    }

    /** Each node has the same rows of a reference table. */
    private static void assertCopiesAreEqual(Database database, Kept kept) {
        if (kept.options() == REFERENCE) {
            String rows = "SELECT * FROM " + kept.name();
            List<String> ofCoordinator = database.rows(rows);
            for (Server worker : database.cluster().workers()) {
                assertThat(database.on(worker).rows(rows)).as("%s on port %d", kept.sql(), worker.port())
                        .containsExactlyInAnyOrderElementsOf(ofCoordinator);
            }
        }
    }

    private static String write(Random random) {
        String table = KEYED.get(random.nextInt(KEYED.size()));
        int k = 1 + random.nextInt(14);
        return switch (random.nextInt(4)) {
            case 0 -> "DELETE FROM " + table + " WHERE k = " + k;
            case 1 -> "UPDATE " + table + " SET v = " + random.nextInt(6) + " WHERE d = " + (1 + random.nextInt(6));
            default -> "INSERT INTO " + table + " AS t VALUES (" + k + ", " + (1 + random.nextInt(6)) + ", nullif("
                    + random.nextInt(6) + ", 0)) ON CONFLICT (k) DO UPDATE SET d = EXCLUDED.d, v = EXCLUDED.v";
        };
    }
}
