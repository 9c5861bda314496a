package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Unions of tables of one co-location group that are distributed by different columns: Citus 13.2 groups such a union on each shard when both columns are
 * grouped by, although equal rows lie on different ones.
 */
class UnionIT {
    private static final int ROUNDS = 5;
    private static final String UNION = "SELECT a, b FROM e UNION ALL SELECT a, b FROM t";

    @ParameterizedTest
    @ValueSource(strings = {UNION, "SELECT a, b, count(*) AS n FROM (" + UNION + ") AS u GROUP BY a, b",
            "SELECT DISTINCT a, b FROM (" + UNION + ") AS u"})
    void isRefusedAndRightWhenTheCureIsTaken(String query) {
        try (Database database = Clusters.citus().createDatabase("union");
                Database elsewhere = Clusters.postgres().createDatabase("oracle")) {
            String tables = "CREATE TABLE t (a int, b int, c int); CREATE TABLE e (a int, b int, c int)";
            elsewhere.execute(tables);
            database.execute(tables);
            database.execute(
                    "SELECT create_distributed_table('t', 'a'); SELECT create_distributed_table('e', 'b', colocate_with => 't');"
                            + " ALTER TABLE t REPLICA IDENTITY FULL; ALTER TABLE e REPLICA IDENTITY FULL");
            StreamTableCase union = StreamTableCase.differential("st", query);
            StreamTables streamTables = new StreamTables(database);
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                write(database, elsewhere, "INSERT INTO t SELECT i % 20, i % 7, i FROM generate_series(1, 60) i;"
                        + " INSERT INTO e SELECT i % 20, i % 7, i FROM generate_series(1, 60) i");
                String cure = "SELECT alter_distributed_table('public.t', colocate_with => 'none');";
                assertThatThrownBy(() -> streamTables.create(union.name(), union.query()))
                        .hasMessageContaining(ErrorCode.UNSUPPORTED_SOURCE.code() + ":").hasMessageContaining(cure);
                database.execute(cure);
                streamTables.create(union.name(), union.query());
                assertThat(streamTables.mode(union.name())).isEqualTo("DIFFERENTIAL");
                Recompute.assertEqual(database, union, elsewhere);
                for (int round = 0; round < ROUNDS; round++) {
                    // All in one epoch: a row goes from one table, from both, or from one to the other.
                    write(database, elsewhere, """
                                               DELETE FROM e WHERE c %% 3 = %1$d %% 3;
                                               INSERT INTO e SELECT a, b, c FROM t WHERE c %% 4 = %1$d;
                                               DELETE FROM t WHERE c %% 5 = %1$d
                                               """.formatted(round));
                    streamTables.refresh(union.name());
                    Recompute.assertEqual(database, union, elsewhere);
                }
                assertThat(streamTables.verify(union.name()).differingRows()).isZero();
                assertThat(streamTables.errors()).isEmpty();
            }
        }
    }

    private static void write(Database database, Database elsewhere, String script) {
        database.execute(script);
        elsewhere.execute(script);
    }
}
