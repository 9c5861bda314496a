package io.freshet.runtime.topology;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By way of the coordinator: Citus's {@code master_run_on_worker} opens a connection to the worker, as the role that asks, runs one text there
 * in a transaction of its own, and returns the one value that it yields, or the first line of the error.
 */
final class CoordinatorSession implements NodeSession {
    private static final String CONNECTION_FAILURE = "08006";
    private static final JsonFactory JSON = new JsonFactory();

    private final Connection coordinator;
    private final Node node;

    CoordinatorSession(Connection coordinator, Node node) {
        this.coordinator = coordinator;
        this.node = node;
    }

    @Override
    public List<Row> rows(String query, Object... parameters) throws SQLException {
        // json, not jsonb: it keeps the order of the columns, and two of one name.
        String json = new String(ascii("SELECT coalesce(json_agg(row_to_json(q)), '[]')::text FROM ("
                + InlinedParameters.in(query, parameters) + ") q"), StandardCharsets.UTF_8);
        try {
            return parse(json);
        } catch (IOException e) {
            throw new SQLException(node + " answers something else than JSON: " + e.getMessage(), UNKNOWN_STATE, e);
        }
    }

    @Override
    public byte[] ascii(String query) throws SQLException {
        try (PreparedStatement statement = coordinator.prepareStatement("SELECT success, result FROM"
                + " pg_catalog.master_run_on_worker(ARRAY[?]::text[], ARRAY[?]::int[], ARRAY[?]::text[], false)")) {
            statement.setString(1, node.host());
            statement.setInt(2, node.port());
            statement.setString(3, query);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                byte[] result = row.getBytes(2);
                if (!row.getBoolean(1)) {
                    throw failure(new String(result, StandardCharsets.UTF_8));
                }
                return result;
            }
        }
    }

    private SQLException failure(String message) {
        boolean unreachable = message.startsWith("failed to ") || message.startsWith("connection ");
        return new SQLException("by way of the coordinator, " + node + ": " + message,
                unreachable ? CONNECTION_FAILURE : UNKNOWN_STATE);
    }

    private static List<Row> parse(String json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            List<Row> rows = new ArrayList<>();
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                List<@Nullable String> values = new ArrayList<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    values.add(parser.nextToken() == JsonToken.VALUE_NULL ? null : parser.getText());
                }
                rows.add(new Row(values));
            }
            return rows;
        }
    }

    /** The coordinator gives up, and cancels what runs on the node. */
    @Override
    public void limit(Duration perQuery) throws SQLException {
        DirectSession.limit(coordinator, perQuery);
    }

    @Override
    public void abort() {
        DirectSession.abort(coordinator);
    }

    @Override
    public void close() throws SQLException {
        coordinator.close();
    }
}
