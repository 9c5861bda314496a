package io.freshet.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The fixture itself. */
class ClusterIT {

    @Test
    void postgresHasLogicalWal() {
        try (Database database = Clusters.postgres().createDatabase("wal")) {
            assertThat(database.value("SHOW wal_level")).isEqualTo("logical");
            assertThat(database.value("SHOW server_version_num")).startsWith("17");
        }
    }

    @Test
    void aKilledPostgresComesBackWithItsData() {
        try (PostgresCluster cluster = PostgresCluster.start(Map.of("fsync", "on"));
                Database database = cluster.createDatabase("killed")) {
            database.execute("CREATE TABLE t AS SELECT 1 AS a");
            cluster.coordinator().kill();
            cluster.coordinator().restart();
            assertThat(database.rows("SELECT a FROM t")).containsExactly("1");
        }
    }

    @Test
    void citusSpreadsATableOverItsWorkers() {
        try (Database database = Clusters.citus().createDatabase("spread")) {
            database.execute("CREATE TABLE t (a int); SELECT create_distributed_table('t', 'a')");
            database.execute("INSERT INTO t SELECT generate_series(1, 100)");
            assertThat(database.rows("SELECT DISTINCT nodeport FROM citus_shards WHERE table_name = 't'::regclass")).hasSize(2);
            for (Server worker : database.cluster().workers()) {
                assertThat(database.on(worker).value("SHOW citus.enable_change_data_capture")).isEqualTo("on");
                assertThat(database.on(worker).value("SELECT count(*) FROM t")).isEqualTo("100");
            }
        }
    }

    @Test
    void aKilledWorkerComesBackWithItsData() {
        try (CitusCluster cluster = Clusters.ownCitus(1, Map.of()); Database database = cluster.createDatabase("killed")) {
            database.execute("CREATE TABLE t (a int); SELECT create_distributed_table('t', 'a'); INSERT INTO t VALUES (1), (2)");
            List<String> before = database.rows("SELECT a FROM t ORDER BY a");
            cluster.workers().getFirst().kill();
            cluster.workers().getFirst().restart();
            assertThat(database.rows("SELECT a FROM t ORDER BY a")).isEqualTo(before);
        }
    }
}
