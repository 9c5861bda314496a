package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sources that are altered while no daemon runs, so that a stream table's query does not compile when the next one starts. */
class SourceChangeIT {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::postgres);

    private final Database database = DATABASE.get();
    private final StreamTables streamTables = new StreamTables(database);

    @BeforeEach
    void createStreamTable() {
        database.execute("""
                         CREATE TABLE t (a int PRIMARY KEY, b int);
                         ALTER TABLE t REPLICA IDENTITY FULL;
                         INSERT INTO t VALUES (1, 1), (2, 1), (3, 2);
                         """);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("st", "SELECT b, count(*) AS n FROM t GROUP BY b");
            streamTables.create("other", "SELECT a FROM t");
        }
        database.execute("ALTER TABLE t RENAME COLUMN b TO c");
    }

    @Test
    void aStreamTableThatDoesNotCompileSaysWhyAndCanBeDropped() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            assertThatThrownBy(() -> streamTables.refresh("st")).hasMessageContaining("column \"b\" does not exist");
            assertThat(database
                    .value("SELECT status, last_error LIKE '%\"b\"%' FROM pgtrickle.pgt_status() WHERE name = 'public.st'"))
                    .isEqualTo("FAILING|t");
            database.execute("INSERT INTO t VALUES (4, 4)");
            assertThat(streamTables.verify("other").differingRows()).isZero();
            streamTables.drop("st");
            database.execute("INSERT INTO t VALUES (5, 4)");
            assertThat(streamTables.verify("other").differingRows()).isZero();
            streamTables.drop("other");
        }
        assertThat(database.value("SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text IN ('pgtrickle_state',"
                + " 'pgtrickle_changes') OR relname IN ('st', 'other')")).isEqualTo("0");
        assertThat(database.value("SELECT count(*) FROM pg_publication_tables")).isEqualTo("0");
        database.execute("DROP TABLE t");
    }

    @Test
    void itIsFilledAgainWhenItCompilesAgain() {
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            database.execute("INSERT INTO t VALUES (4, 4)");
            database.execute("ALTER TABLE t RENAME COLUMN c TO b");
            Await.until("st is filled again",
                    () -> database.value("SELECT status FROM pgtrickle.pgt_status() WHERE name = 'public.st'").equals("ACTIVE"));
            database.execute("INSERT INTO t VALUES (5, 4)");
            assertThat(streamTables.verify("st").differingRows()).isZero();
            assertThat(database.value("SELECT n FROM st WHERE b = 4")).isEqualTo("2");
            streamTables.drop("other");
            streamTables.drop("st");
        }
        database.execute("DROP TABLE t");
    }

    @Test
    void noProgramRunsOnTablesOfAnotherForm() {
        database.execute("ALTER TABLE t RENAME COLUMN c TO b");
        database.execute("UPDATE pgtrickle.pgt_stream_tables SET storage = '{CREATE TABLE another}' WHERE table_name = 'st'");
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            assertThatThrownBy(() -> streamTables.verify("st")).hasMessageContaining("would be kept in other tables");
            streamTables.drop("st");
            streamTables.drop("other");
        }
        database.execute("DROP TABLE t");
    }
}
