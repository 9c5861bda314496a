package io.freshet.it.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A transaction has written to a source before that was in the publication, and is still open: the stream will never show what it wrote. However the
 * stream table comes to its first content, it has to have that row. The slot is there already, for another stream table.
 */
class FirstFillIT {
    private static final String QUERY = "SELECT a, count(*) AS n FROM t GROUP BY a";

    private final Database database = Clusters.postgres().createDatabase("first");
    private final StreamTables streamTables = new StreamTables(database);
    private DaemonProcess daemon = DaemonProcess.start(database);
    private Connection old;

    @BeforeEach
    void writeToTheSource() throws SQLException {
        database.execute("""
                         CREATE TABLE quiet (a int); ALTER TABLE quiet REPLICA IDENTITY FULL;
                         CREATE TABLE t (a int); ALTER TABLE t REPLICA IDENTITY FULL;
                         """);
        streamTables.create("bystander", "SELECT a, count(*) AS n FROM quiet GROUP BY a");
        old = database.connect();
        old.setAutoCommit(false);
        try (Statement statement = old.createStatement()) {
            statement.execute("INSERT INTO t VALUES (7)");
        }
    }

    @AfterEach
    void close() throws SQLException {
        old.close();
        daemon.close();
        database.close();
    }

    @Test
    void byARefreshOfOneThatWasCreatedEmpty() throws SQLException {
        streamTables.create("st", QUERY, "initialize => false");
        refusesToFill();
        assertThat(database.rows("SELECT a, n FROM st")).isEmpty();
        old.commit();
        streamTables.refresh("st");
        hasTheRow();
    }

    @Test
    void byAnotherDaemon() throws SQLException {
        streamTables.create("st", QUERY, "initialize => false");
        daemon.close();
        daemon = DaemonProcess.start(database);
        refusesToFill();
        old.commit();
        assertThat(streamTables.verify("st").differingRows()).isZero();
        hasTheRow();
    }

    @Test
    void byARefreshThatOvertakesTheCreation() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> creation = threads.submit(() -> streamTables.create("st", QUERY));
            awaitThatItWaits(creation);
            refusesToFill();
            assertThat(creation).isNotDone();
            old.commit();
            creation.get();
            hasTheRow();
        }
    }

    /** What its query means is altered while it waits: it is refused, and nothing of it stays. */
    @Test
    void notOfOneThatIsAlteredMeanwhile() throws Exception {
        database.execute("CREATE VIEW v AS SELECT a FROM t");
        String query = "SELECT a, count(*) AS n FROM v GROUP BY a";
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> creation = threads.submit(() -> streamTables.create("st", query));
            awaitThatItWaits(creation);
            database.execute("CREATE OR REPLACE VIEW v AS SELECT a + 0 AS a FROM t");
            assertThatThrownBy(creation::get).isInstanceOf(ExecutionException.class)
                    .hasMessageContaining(ErrorCode.SOURCE_CHANGED.code() + ":").hasMessageContaining("was being created");
        }
        assertThat(database.rows("SELECT table_name FROM pgtrickle.pgt_stream_tables")).containsExactly("bystander");
        assertThat(database.rows("SELECT tablename FROM pg_publication_tables")).containsExactly("quiet");
        old.commit();
        streamTables.create("st", query);
        hasTheRow();
    }

    /** It was created empty, and follows its query while it waits. */
    @Test
    void byAViewThatIsReplacedMeanwhile() throws SQLException {
        database.execute("CREATE VIEW v AS SELECT a FROM t");
        streamTables.create("st", "SELECT a, count(*) AS n FROM v GROUP BY a", "initialize => false");
        database.execute("CREATE OR REPLACE VIEW v AS SELECT a + 0 AS a FROM t");
        Await.until("it is looked at", () -> database.value("SELECT last_error FROM pgtrickle.pgt_stream_tables"
                + " WHERE table_name = 'st'").contains("older transactions"));
        refusesToFill();
        old.commit();
        Await.until("it is filled", () -> !database.rows("SELECT a FROM st").isEmpty());
        hasTheRow();
    }

    private void awaitThatItWaits(Future<?> creation) {
        Await.until("the creation waits",
                () -> creation.isDone() || daemon.log().contains("stream table public.st is filled when"));
    }

    private void refusesToFill() {
        String backend = "of process ";
        assertThatThrownBy(() -> streamTables.refresh("st")).hasMessageContaining(ErrorCode.OLD_TRANSACTIONS.code() + ":")
                .hasMessageContaining(backend);
        assertThatThrownBy(() -> streamTables.verify("st")).hasMessageContaining(ErrorCode.OLD_TRANSACTIONS.code() + ":")
                .hasMessageContaining(backend);
    }

    private void hasTheRow() {
        assertThat(database.rows("SELECT a, n FROM st")).containsExactly("7|1");
        database.execute("INSERT INTO t VALUES (8)");
        assertThat(streamTables.verify("st").differingRows()).isZero();
        assertThat(database.rows("SELECT a, n FROM st ORDER BY a")).containsExactly("7|1", "8|1");
        assertThat(streamTables.errors()).isEmpty();
    }
}
