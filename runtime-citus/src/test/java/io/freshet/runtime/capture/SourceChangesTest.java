package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What tables, and statements that change them, do to the rows: TOAST, TRUNCATE, DDL, partitions, generated columns, replica identity. */
class SourceChangesTest {
    private static final TableName T = new TableName("public", "t");
    private static final TableName U = new TableName("public", "u");

    private final CaptureServer server = CaptureServer.shared();
    private NodeCapture capture;
    private final Tuples taken = new Tuples();

    CaptureServer.Way way() {
        return CaptureServer.Way.STREAMING;
    }

    private void start(String... ddl) throws SQLException, CaptureBrokenException {
        server.execute(ddl);
        server.publish("t, u");
        capture = server.capture(way(), server.settings());
        capture.start(server.node(), CaptureServer.SLOT, server.snapshot());
    }

    private void startWithTable(String columns) throws SQLException, CaptureBrokenException {
        start("CREATE TABLE t (" + columns + ")", "ALTER TABLE t REPLICA IDENTITY FULL", "CREATE TABLE u (id int)",
                "ALTER TABLE u REPLICA IDENTITY FULL");
    }

    @AfterEach
    void reset() throws SQLException {
        capture.close();
        server.reset();
    }

    private NodeChanges epoch() throws Exception {
        try (CaptureServer.Anchor anchor = server.anchor()) {
            Lsn barrier = capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            NodeChanges changes = capture.take(server.node(), anchor.snapshot());
            capture.committed(server.node(), anchor.snapshot(), barrier);
            return changes;
        }
    }

    /** An epoch after which the sum of what was taken must be {@code query}. */
    private NodeChanges epochWith(String query) throws Exception {
        try (CaptureServer.Anchor anchor = server.anchor()) {
            Lsn barrier = capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            NodeChanges changes = capture.take(server.node(), anchor.snapshot());
            if (changes.rows().containsKey(T)) {
                taken.add(changes.rows().get(T));
            }
            assertThat(taken).isEqualTo(anchor.content(query));
            capture.committed(server.node(), anchor.snapshot(), barrier);
            return changes;
        }
    }

    private static void assertProblem(NodeChanges changes, TableName source, ErrorCode code, String hint) {
        assertThat(changes.truncated()).contains(source);
        assertThat(changes.rows()).doesNotContainKey(source);
        FreshetException problem = changes.problems().get(source);
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.hint().orElse("")).contains(hint);
    }

    @Test
    void keepsUnchangedLargeValues() throws Exception {
        startWithTable("id int, big text, other text, n int");
        server.execute("ALTER TABLE t ALTER big SET STORAGE EXTERNAL, ALTER other SET STORAGE EXTERNAL",
                "INSERT INTO t VALUES (1, repeat('a', 100000), repeat('b', 50000), 0), (2, NULL, repeat('c', 3000000), 0)");
        epochWith("SELECT * FROM t");
        server.execute("UPDATE t SET n = 1", "UPDATE t SET other = NULL WHERE id = 1", "UPDATE t SET big = 'small' WHERE id = 2");
        epochWith("SELECT * FROM t");
    }

    @Test
    void tellsOfTruncateAndDropsTheRows() throws Exception {
        startWithTable("id int");
        server.execute("INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (1)", "TRUNCATE t", "INSERT INTO t VALUES (2)");
        NodeChanges changes = epoch();
        assertThat(changes.truncated()).containsExactly(T);
        assertThat(changes.problems()).isEmpty();
        assertThat(changes.rows()).containsOnlyKeys(U);
        server.execute("INSERT INTO t VALUES (3)");
        assertThat(epoch().rows()).containsOnlyKeys(T);
    }

    @Test
    void mapsRowsToTheLatestColumns() throws Exception {
        startWithTable("id int, gone text, v text");
        server.execute("INSERT INTO t VALUES (1, 'x', 'a')", "ALTER TABLE t DROP COLUMN gone", "INSERT INTO t VALUES (2, 'b')",
                "ALTER TABLE t ADD COLUMN w int", "INSERT INTO t VALUES (3, 'c', 3)", "UPDATE t SET v = 'd' WHERE id = 1");
        NodeChanges changes = epochWith("SELECT * FROM t");
        assertThat(changes.rows().get(T).columns()).containsExactly("id", "v", "w");
    }

    @Test
    void doesNotMapRowsOfARenamedColumn() throws Exception {
        startWithTable("id int, v text");
        server.execute("INSERT INTO t VALUES (1, 'a')", "ALTER TABLE t RENAME COLUMN v TO w", "UPDATE t SET w = 'b'",
                "ALTER TABLE t RENAME COLUMN w TO v", "INSERT INTO t VALUES (2, 'c')", "INSERT INTO u VALUES (1)");
        NodeChanges changes = epoch();
        assertThat(changes.truncated()).containsExactly(T);
        assertThat(changes.problems()).isEmpty();
        assertThat(changes.rows()).containsOnlyKeys(U);
    }

    @Test
    void refusesToMixValuesOfDifferentTypes() throws Exception {
        startWithTable("id int, v text");
        server.execute("INSERT INTO t VALUES (1, 'a')", "ALTER TABLE t ALTER id TYPE bigint", "INSERT INTO t VALUES (2, 'b')");
        assertProblem(epoch(), T, ErrorCode.UNSUPPORTED_SOURCE, "");
        server.execute("INSERT INTO t VALUES (3, 'c')");
        assertThat(epoch().problems()).isEmpty();
    }

    @Test
    void noticesThatATableWasRewrittenBetweenEpochs() throws Exception {
        startWithTable("id int, v text");
        server.execute("INSERT INTO t VALUES (1, 'a')");
        epoch();
        server.execute("ALTER TABLE t ALTER id TYPE bigint", "INSERT INTO t VALUES (2, 'b')");
        assertProblem(epoch(), T, ErrorCode.UNSUPPORTED_SOURCE, "");
    }

    @Test
    void asksForReplicaIdentityBeforeAnythingWrongIsWritten() throws Exception {
        start("CREATE TABLE t (id int PRIMARY KEY, v text)", "CREATE TABLE u (id int)");
        server.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')", "INSERT INTO u VALUES (1)");
        assertThat(epoch().problems()).isEmpty();
        for (String statement : new String[]{"UPDATE t SET v = 'x' WHERE id = 1", "UPDATE t SET id = 3 WHERE id = 1",
                "DELETE FROM t WHERE id = 3"}) {
            server.execute(statement, "INSERT INTO u VALUES (1)");
            NodeChanges changes = epoch();
            assertProblem(changes, T, ErrorCode.REPLICA_IDENTITY, "ALTER TABLE public.t REPLICA IDENTITY FULL;");
            assertThat(changes.rows()).containsOnlyKeys(U);
        }
        server.execute("ALTER TABLE t REPLICA IDENTITY FULL", "UPDATE t SET v = 'y'");
        assertThat(epoch().problems()).isEmpty();
    }

    @Test
    void asksForReplicaIdentityOfPartitionsToo() throws Exception {
        start("CREATE TABLE t (id int NOT NULL, v text) PARTITION BY LIST (id)",
                "CREATE TABLE t1 PARTITION OF t (PRIMARY KEY (id)) FOR VALUES IN (1)",
                "CREATE TABLE t2 PARTITION OF t (PRIMARY KEY (id)) FOR VALUES IN (2)", "ALTER TABLE t REPLICA IDENTITY FULL",
                "ALTER TABLE t1 REPLICA IDENTITY FULL", "CREATE TABLE u (id int)",
                "CREATE PUBLICATION other FOR TABLE t");
        server.execute("DROP PUBLICATION other", "ALTER PUBLICATION \"" + CaptureServer.PUBLICATION
                + "\" SET (publish_via_partition_root = true)");
        server.execute("INSERT INTO t VALUES (1, 'a')", "UPDATE t SET v = 'b'");
        NodeChanges changes = epoch();
        assertThat(changes.problems()).isEmpty();
        assertThat(changes.rows()).containsOnlyKeys(T);
        server.execute("INSERT INTO t VALUES (2, 'a')", "UPDATE t SET v = 'c' WHERE id = 2", "DELETE FROM t WHERE id = 2");
        assertProblem(epoch(), T, ErrorCode.REPLICA_IDENTITY, "ALTER TABLE public.t2 REPLICA IDENTITY FULL;");
        server.execute("ALTER TABLE t2 REPLICA IDENTITY FULL", "INSERT INTO t VALUES (2, 'd')", "UPDATE t SET v = 'e'");
        assertThat(epoch().problems()).isEmpty();
    }

    @Test
    void refusesTypesWithoutABinaryForm() throws Exception {
        start("CREATE TYPE plain", //
                "CREATE FUNCTION plain_in(cstring) RETURNS plain AS 'int4in' LANGUAGE internal IMMUTABLE STRICT",
                "CREATE FUNCTION plain_out(plain) RETURNS cstring AS 'int4out' LANGUAGE internal IMMUTABLE STRICT",
                "CREATE TYPE plain (INPUT = plain_in, OUTPUT = plain_out, LIKE = int4)", "CREATE TABLE t (id int, \"P\" plain)",
                "ALTER TABLE t REPLICA IDENTITY FULL", "CREATE TABLE u (id int)");
        server.execute("INSERT INTO t VALUES (1, '7')");
        assertProblem(epoch(), T, ErrorCode.UNSUPPORTED_SOURCE, "ALTER TABLE public.t ALTER COLUMN \"P\" TYPE text;");
    }

    @Test
    void leavesStoredGeneratedColumnsOut() throws Exception {
        startWithTable("id int, g int GENERATED ALWAYS AS (id * 2) STORED, v text");
        server.execute("INSERT INTO t VALUES (1, DEFAULT, 'a')", "UPDATE t SET id = 2");
        assertThat(epochWith("SELECT id, v FROM t").rows().get(T).columns()).containsExactly("id", "v");
    }

    @Test
    void seesRowsOfATableThatWasMadeAnewUnderTheSameName() throws Exception {
        startWithTable("id int, v text");
        server.execute("INSERT INTO t VALUES (1, 'a')", "DELETE FROM t", "DROP TABLE t", "CREATE TABLE t (id int, w int)",
                "ALTER TABLE t REPLICA IDENTITY FULL", "ALTER PUBLICATION \"" + CaptureServer.PUBLICATION + "\" ADD TABLE t",
                "INSERT INTO t VALUES (2, 3)");
        try (Connection connection = server.connect()) {
            assertThat(CaptureServer.text(connection, "SELECT count(*) FROM t")).isEqualTo("1");
        }
        epochWith("SELECT * FROM t");
    }
}
