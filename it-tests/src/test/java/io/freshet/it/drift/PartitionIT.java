package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Partitioned sources on Citus, distributed and local: increments, and rows that come and go with a partition. */
class PartitionIT {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::citus);

    private final Database database = DATABASE.get();
    private final StreamTables streamTables = new StreamTables(database);

    @Test
    void theirStreamTablesFollowRowsAndPartitions() {
        database.execute("""
                         CREATE TABLE facts (k int, day int, v int, PRIMARY KEY (k, day)) PARTITION BY RANGE (day);
                         CREATE TABLE facts_1 PARTITION OF facts FOR VALUES FROM (0) TO (10);
                         CREATE TABLE facts_2 PARTITION OF facts FOR VALUES FROM (10) TO (20);
                         CREATE TABLE plain (k int, day int, v int, PRIMARY KEY (k, day)) PARTITION BY LIST (day);
                         CREATE TABLE plain_1 PARTITION OF plain FOR VALUES IN (1, 2, 3);
                         CREATE TABLE plain_2 PARTITION OF plain DEFAULT;
                         SELECT create_distributed_table('facts', 'k');
                         ALTER TABLE facts REPLICA IDENTITY FULL;
                         ALTER TABLE plain REPLICA IDENTITY FULL;
                         ALTER TABLE facts_1 REPLICA IDENTITY FULL;
                         """);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            assertThatThrownBy(() -> streamTables.create("refused", "SELECT k, day, v FROM facts"))
                    .hasMessageContaining("REPLICA IDENTITY")
                    .hasStackTraceContaining("ALTER TABLE public.facts_2 REPLICA IDENTITY FULL;");
            database.execute("""
                             ALTER TABLE facts_2 REPLICA IDENTITY FULL;
                             ALTER TABLE plain_1 REPLICA IDENTITY FULL;
                             ALTER TABLE plain_2 REPLICA IDENTITY FULL;
                             INSERT INTO facts SELECT i, i % 20, i FROM generate_series(1, 60) i;
                             INSERT INTO plain SELECT i, i % 5, i FROM generate_series(1, 20) i;
                             """);
            List<String> names = List.of("kept", "grouped", "beside", "local_kept", "joined");
            streamTables.create("kept", "SELECT k, day, v FROM facts WHERE v > 3");
            streamTables.create("grouped", "SELECT day, count(*) AS n, max(v) AS most FROM facts GROUP BY day");
            streamTables.create("beside", "SELECT k, sum(v) AS total FROM facts GROUP BY k", "output_distribution_column => 'k'");
            streamTables.create("local_kept", "SELECT k, day, v FROM plain");
            streamTables.create("joined", "SELECT f.k, f.day, p.v FROM facts f JOIN plain p ON p.day = f.day");
            for (String name : names) {
                assertThat(streamTables.mode(name)).as(name).isEqualTo("DIFFERENTIAL");
            }
            follow(names,
                    """
                    UPDATE facts SET v = v + 1 WHERE k < 20; UPDATE facts SET day = (day + 10) % 20 WHERE k > 50;
                    DELETE FROM plain WHERE k = 3; UPDATE plain SET day = 4 WHERE day = 1; INSERT INTO plain VALUES (99, 2, 99);
                    """);
            follow(names, "ALTER TABLE facts DETACH PARTITION facts_2; ALTER TABLE plain DETACH PARTITION plain_1");
            follow(names, "INSERT INTO facts VALUES (1000, 1, 1); UPDATE plain_2 SET v = 0");
            follow(names, """
                          ALTER TABLE facts ATTACH PARTITION facts_2 FOR VALUES FROM (10) TO (20);
                          UPDATE plain_1 SET v = 5;
                          ALTER TABLE plain ATTACH PARTITION plain_1 FOR VALUES IN (1, 2, 3);
                          """);
            follow(names, "UPDATE facts SET v = 7 WHERE day = 12; DELETE FROM plain WHERE day = 2");
            follow(names, """
                          CREATE TABLE facts_3 PARTITION OF facts FOR VALUES FROM (20) TO (30);
                          ALTER TABLE facts_3 REPLICA IDENTITY FULL;
                          INSERT INTO facts VALUES (7, 21, 1), (8, 22, 2);
                          DROP TABLE facts_1;
                          """);
            follow(names, "UPDATE facts SET v = 100 WHERE day > 20; DELETE FROM facts WHERE day = 22");
            assertThat(streamTables.errors()).isEmpty();
            names.forEach(streamTables::drop);
        }
        database.execute("DROP TABLE facts, plain");
    }

    /** Each stream table equals its query at the cut of an epoch after these changes, and a recompute. */
    private void follow(List<String> names, String changes) {
        database.execute(changes);
        for (String name : names) {
            streamTables.refresh(name);
            assertThat(streamTables.verify(name).differingRows()).as("%s after %s", name, changes).isZero();
            String query = database.value("SELECT query FROM pgtrickle.pgt_stream_tables WHERE table_name = '" + name + "'");
            Recompute.assertEqual(database, StreamTableCase.differential(name, query));
        }
    }
}
