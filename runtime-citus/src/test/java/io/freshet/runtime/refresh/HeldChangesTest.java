package io.freshet.runtime.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.FreshetException;
import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.ChangeRows;
import io.freshet.runtime.settings.DataSize;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.store.Jdbc;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Change rows that are held back come out as they went in. */
class HeldChangesTest {
    private static final TableName SOURCE = new TableName("public", "Odd \"source");
    private static final TableName OTHER = new TableName("public", "other");
    private static final String CHANGES = Quoting.table(ChangeTable.nameFor(SOURCE));
    private static final int INT4 = 23;
    private static final int TEXT = 25;

    private static EmbeddedPostgres postgres;
    private static Connection connection;

    @BeforeAll
    static void start() throws IOException, SQLException {
        postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
        connection = postgres.getPostgresDatabase().getConnection();
        Installer.install(connection);
        Jdbc.execute(connection, "CREATE TABLE " + CHANGES + " (__pgt_epoch bigint, __pgt_weight int, id int, v text)");
        connection.setAutoCommit(false);
    }

    @AfterAll
    static void stop() throws IOException, SQLException {
        connection.close();
        postgres.close();
    }

    @Test
    void everyRowComesOutWithItsWeightInTheEpochOfItsRelease() throws Exception {
        HeldChanges held = new HeldChanges(connection, 5);
        held.hold(SOURCE, List.of(rows(1000, 10, List.of("id", "v")), rows(3, 2_000_000, List.of("id", "v"))));
        held.hold(OTHER, List.of(rows(1, 1, List.of("id", "v"))));
        HeldChanges later = new HeldChanges(connection, 9);
        assertThat(later.sources()).containsExactlyInAnyOrder(SOURCE, OTHER);
        assertThat(later.release(SOURCE)).isEqualTo(1003);
        later.forget(SOURCE);
        assertThat(later.sources()).containsExactly(OTHER);
        assertThat(
                value("SELECT count(*) || ' ' || sum(__pgt_weight) || ' ' || min(__pgt_epoch) || ' ' || max(__pgt_epoch) || ' '"
                        + " || sum(length(v)) || ' ' || sum(id) FROM " + CHANGES))
                .isEqualTo("1003 -3 9 9 6009900 499503");
        connection.rollback();
    }

    @Test
    void theLimitIsOfAllSourcesTogether() throws Exception {
        HeldChanges held = new HeldChanges(connection, 1);
        held.hold(SOURCE, List.of(rows(1, 600_000, List.of("id", "v"))));
        assertThat(held.isWithin(DataSize.ofMegabytes(1))).isTrue();
        held.hold(OTHER, List.of(rows(1, 600_000, List.of("id", "v"))));
        assertThat(held.isWithin(DataSize.ofMegabytes(1))).isFalse();
        held.forget(OTHER);
        assertThat(held.isWithin(DataSize.ofMegabytes(1))).isTrue();
        connection.rollback();
    }

    @Test
    void rowsOfAnAlteredSourceAreRefused() throws Exception {
        HeldChanges held = new HeldChanges(connection, 1);
        held.hold(SOURCE, List.of(rows(2, 1, List.of("id", "w"))));
        assertThatThrownBy(() -> held.release(SOURCE)).isInstanceOf(FreshetException.class).hasMessageContaining("\"v\" is gone");
        connection.rollback();
    }

    private static String value(String sql) throws SQLException {
        return Jdbc.first(connection, sql, row -> row.getString(1)).orElseThrow();
    }

    /** Rows 0, 1, .. with alternating weights -1 and 1, the last of an odd number of them -3; every hundredth text is NULL. */
    private static ChangeRows rows(int count, int length, List<String> columns) {
        byte[] text = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
        return new ChangeRows() {
            @Override
            public List<String> columns() {
                return columns;
            }

            @Override
            public List<Integer> types() {
                return List.of(INT4, TEXT);
            }

            @Override
            public long size() {
                return count;
            }

            @Override
            public void forEach(RowVisitor visitor) throws IOException {
                for (int i = 0; i < count; i++) {
                    boolean isNull = i % 100 == 99;
                    ByteBuffer tuple = ByteBuffer.allocate(3 * Integer.BYTES + (isNull ? 0 : text.length));
                    tuple.putInt(Integer.BYTES).putInt(i).putInt(isNull ? -1 : text.length);
                    if (!isNull) {
                        tuple.put(text);
                    }
                    visitor.row(i == count - 1 && count % 2 == 1 ? -3 : i % 2 == 0 ? -1 : 1, tuple.array(), 0, tuple.capacity());
                }
            }
        };
    }
}
