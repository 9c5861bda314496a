package io.freshet.runtime.topology;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Over a connection to the node. */
final class DirectSession implements NodeSession {
    private static final Logger LOG = LoggerFactory.getLogger(DirectSession.class);

    private final Connection connection;

    DirectSession(Connection connection) {
        this.connection = connection;
    }

    @Override
    public List<Row> rows(String query, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                int columns = result.getMetaData().getColumnCount();
                List<Row> rows = new ArrayList<>();
                while (result.next()) {
                    List<@Nullable String> values = new ArrayList<>(columns);
                    for (int column = 1; column <= columns; column++) {
                        values.add(result.getString(column));
                    }
                    rows.add(new Row(values));
                }
                return rows;
            }
        }
    }

    @Override
    public byte[] ascii(String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query); ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getBytes(1) : new byte[0];
        }
    }

    @Override
    public void limit(Duration perQuery) throws SQLException {
        limit(connection, perQuery);
    }

    static void limit(Connection connection, Duration perQuery) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = " + perQuery.toMillis());
        }
    }

    @Override
    public void abort() {
        abort(connection);
    }

    /** The server goes on with a query whose client has only gone: it is told to stop as well. */
    static void abort(Connection connection) {
        try {
            connection.unwrap(PGConnection.class).cancelQuery();
        } catch (SQLException e) {
            LOG.debug("cancelling a query", e);
        }
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("aborting a connection", e);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
