package io.freshet.runtime.sqlapi;

import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The functions of the schema {@code pgtrickle}, called as any other client calls them: a daemon carries them out. */
public final class StreamTableFunctions {
    private final Connection connection;

    public StreamTableFunctions(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param initialize whether it is filled before the call returns
     * @param ifNotExists whether a stream table of this name is left as it is
     */
    public record Creation(String name, String query, String schedule, String refreshMode, boolean initialize,
            boolean ifNotExists, Lying lying) {
    }

    /** Where it is to lie; {@code colocateWith} is the name of a table, as SQL writes it. */
    public record Lying(Optional<String> distributionColumn, Optional<String> colocateWith, Optional<String> placement) {
    }

    /** @param differingRows 0 when the stream table equals its query */
    public record Verification(String name, long epoch, long differingRows) {
        public boolean isEqual() {
            return differingRows == 0;
        }
    }

    /** Returns what the daemon remarks. */
    public List<String> create(Creation creation) throws SQLException {
        String function = creation.ifNotExists() ? "create_stream_table_if_not_exists" : "create_stream_table";
        return call("SELECT pgtrickle." + function + "(?, ?, schedule => ?, refresh_mode => ?, initialize => ?,"
                + " output_distribution_column => ?, output_colocate_with => ?, output_placement => ?)", creation.name(),
                creation.query(), creation.schedule(), creation.refreshMode(), creation.initialize(),
                creation.lying().distributionColumn().orElse(null), creation.lying().colocateWith().orElse(null),
                creation.lying().placement().orElse(null));
    }

    public List<String> drop(String name) throws SQLException {
        return call("SELECT pgtrickle.drop_stream_table(?)", name);
    }

    /** Drops a stream table and those that read it. */
    public List<String> dropWithReaders(String name) throws SQLException {
        return call("SELECT pgtrickle.drop_stream_table(?, cascade => true)", name);
    }

    public long refresh(String name) throws SQLException {
        return Jdbc.first(connection, "SELECT pgtrickle.refresh_stream_table(?)", row -> row.getLong(1), name).orElseThrow();
    }

    public Verification verify(String name) throws SQLException {
        return Jdbc.first(connection, "SELECT stream_table, epoch, differing_rows FROM pgtrickle.verify_stream_table(?)",
                row -> new Verification(row.getString(1), row.getLong(2), row.getLong(3)), name).orElseThrow();
    }

    /** @param format {@code text} or {@code json} */
    public String explain(String name, String format) throws SQLException {
        return Jdbc.first(connection, "SELECT pgtrickle.explain_st(?, ?)", row -> row.getString(1), name, format).orElseThrow();
    }

    /** The rows of {@code pgt_status()}, column by column; needs no daemon. */
    public List<Map<String, Object>> status() throws SQLException {
        return Jdbc.list(connection, "SELECT * FROM pgtrickle.pgt_status()", StreamTableFunctions::columns);
    }

    /** The current row by the names of its columns; points in time as ISO 8601 text. */
    public static Map<String, Object> columns(ResultSet row) throws SQLException {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            Object value = row.getObject(i);
            columns.put(row.getMetaData().getColumnLabel(i),
                    value instanceof java.sql.Timestamp time ? time.toInstant().toString() : value);
        }
        return columns;
    }

    private List<String> call(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
            List<String> remarks = new ArrayList<>();
            for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                remarks.add(warning.getMessage());
            }
            return remarks;
        }
    }
}
