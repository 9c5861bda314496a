package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeCopyTest {
    private static final TableName T = new TableName("public", "T\"t");
    private static final String CHANGES = Quoting.table(ChangeTable.nameFor(T));

    private final CaptureServer server = CaptureServer.shared();
    private NodeCapture capture;

    @BeforeEach
    void start() throws SQLException, CaptureBrokenException {
        String table = Quoting.table(T);
        String columns = "id int, \"V v\" text, n numeric, a int[], j jsonb, ts timestamptz, big text";
        server.execute("CREATE TABLE " + table + " (" + columns + ")", "ALTER TABLE " + table + " REPLICA IDENTITY FULL",
                "CREATE SCHEMA pgtrickle_changes",
                "CREATE TABLE " + CHANGES + " (__pgt_epoch bigint, __pgt_weight int, " + columns + ")");
        server.publish(table);
        capture = server.capture(server.settings());
        capture.start(server.node(), CaptureServer.SLOT, server.snapshot());
    }

    @AfterEach
    void reset() throws SQLException {
        capture.close();
        server.reset();
    }

    @Test
    void writesWhatTheStreamBrought() throws Exception {
        String table = Quoting.table(T);
        server.execute(
                "INSERT INTO " + table
                        + " SELECT g, 'é' || g, g / 7.0, ARRAY[g, NULL], jsonb_build_object('k', g), '2026-01-01'::timestamptz"
                        + " + g * interval '1 s', CASE g WHEN 500 THEN repeat('x', 300000) END FROM generate_series(1, 1000) g",
                "INSERT INTO " + table + " (id) VALUES (NULL), (NULL), (NULL)");
        try (CaptureServer.Anchor anchor = server.anchor()) {
            capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            ChangeRows rows = capture.take(server.node(), anchor.snapshot()).rows().get(T);
            assertThat(rows.size()).isEqualTo(1001);
            assertThat(ChangeCopy.write(anchor.connection(), T, 1L << 40, List.of(rows))).isEqualTo(1001);
            assertThat(CaptureServer.text(anchor.connection(),
                    "SELECT count(*) FROM " + CHANGES + " WHERE __pgt_epoch = 1::bigint << 40"))
                    .isEqualTo("1001");
            assertThat(CaptureServer.text(anchor.connection(), "SELECT __pgt_weight FROM " + CHANGES + " WHERE id IS NULL"))
                    .isEqualTo("3");
            assertThat(
                    CaptureServer.text(anchor.connection(),
                            "SELECT count(*) FROM (SELECT id, \"V v\", n, a, j, ts, big FROM " + CHANGES
                                    + " CROSS JOIN generate_series(1, __pgt_weight) EXCEPT ALL TABLE " + table + ")"))
                    .isEqualTo("0");
        }
    }

    @Test
    void leavesTheConnectionUsableWhenTheRowsCannotBeRead() throws Exception {
        server.execute("INSERT INTO " + Quoting.table(T) + " (id) VALUES (1)");
        try (CaptureServer.Anchor anchor = server.anchor()) {
            capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            ChangeRows rows = capture.take(server.node(), anchor.snapshot()).rows().get(T);
            ChangeRows torn = new ChangeRows() {
                @Override
                public List<String> columns() {
                    return rows.columns();
                }

                @Override
                public List<Integer> types() {
                    return rows.types();
                }

                @Override
                public long size() {
                    return rows.size();
                }

                @Override
                public void forEach(RowVisitor visitor) throws IOException {
                    rows.forEach(visitor);
                    throw new IOException("torn");
                }
            };
            CaptureServer.execute(anchor.connection(), "SAVEPOINT s");
            assertThatThrownBy(() -> ChangeCopy.write(anchor.connection(), T, 1, List.of(torn))).hasMessage("torn");
            CaptureServer.execute(anchor.connection(), "ROLLBACK TO SAVEPOINT s");
            assertThat(CaptureServer.text(anchor.connection(), "SELECT count(*) FROM " + CHANGES)).isEqualTo("0");
            CaptureServer.execute(anchor.connection(), "ALTER TABLE " + CHANGES + " ADD CHECK (id > 1)", "SAVEPOINT s");
            assertThatThrownBy(() -> ChangeCopy.write(anchor.connection(), T, 1, List.of(rows))).isInstanceOf(SQLException.class);
            CaptureServer.execute(anchor.connection(), "ROLLBACK TO SAVEPOINT s");
            assertThat(CaptureServer.text(anchor.connection(), "SELECT count(*) FROM " + CHANGES)).isEqualTo("0");
        }
    }

    @Test
    void leavesColumnsOutThatTheChangeTableDoesNotHave() throws Exception {
        String table = Quoting.table(T);
        server.execute("ALTER TABLE " + table + " ADD COLUMN added int", "ALTER TABLE " + CHANGES + " DROP COLUMN a",
                "INSERT INTO " + table + " VALUES (1, 'v', 1.5, ARRAY[1], NULL, NULL, 'big', 7)");
        try (CaptureServer.Anchor anchor = server.anchor()) {
            capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
            ChangeRows rows = capture.take(server.node(), anchor.snapshot()).rows().get(T);
            assertThat(rows.columns()).contains("added", "a");
            assertThat(ChangeCopy.write(anchor.connection(), T, 1, List.of(rows))).isEqualTo(1);
            assertThat(CaptureServer.text(anchor.connection(), "SELECT c::text FROM " + CHANGES + " c"))
                    .isEqualTo("(1,1,1,v,1.5,,,big)");
        }
    }

    @Test
    void refusesRowsOfAnAlteredSource() throws Exception {
        String table = Quoting.table(T);
        for (String alter : List.of("ALTER id TYPE bigint", "ALTER ts TYPE timestamp", "RENAME n TO m",
                "DROP COLUMN m, DROP COLUMN j")) {
            server.execute("ALTER TABLE " + table + " " + alter, "INSERT INTO " + table + " (id) VALUES (1)");
            // A capture that was started after the ALTER knows nothing of it.
            capture.start(server.node(), CaptureServer.SLOT, server.snapshot());
            server.execute("INSERT INTO " + table + " (id) VALUES (2)");
            try (CaptureServer.Anchor anchor = server.anchor()) {
                capture.awaitBarrier(server.node(), anchor.token(), CaptureServer.LIMIT);
                ChangeRows rows = capture.take(server.node(), anchor.snapshot()).rows().get(T);
                assertThatThrownBy(() -> ChangeCopy.write(anchor.connection(), T, 1, List.of(rows))).isInstanceOfSatisfying(
                        FreshetException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_CHANGED));
                assertThat(CaptureServer.text(anchor.connection(), "SELECT count(*) FROM " + CHANGES)).isEqualTo("0");
            }
        }
    }
}
