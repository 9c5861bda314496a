package io.freshet.runtime.topology;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Queries one node, over a connection to it or by way of the coordinator: who asks need not know which. What follows from the second way:
 *
 * <ul>
 * <li>Each query runs in a transaction, and possibly a session, of its own: nothing that is set or locked lasts.
 * <li>A query must be one that can stand in parentheses after FROM. Values come as text.
 * <li>An error may have no SQLSTATE but {@link #UNKNOWN_STATE}: whoever wants to know the cause must ask the node.
 * </ul>
 *
 * One thread at a time may use it, except {@link #abort()}.
 */
public interface NodeSession extends AutoCloseable {
    /** The SQLSTATE of an error whose own Citus does not pass on. */
    String UNKNOWN_STATE = "58000";

    /**
     * Runs a query.
     *
     * @param parameters for each {@code ?} of the text a string or a whole number
     */
    List<Row> rows(String query, Object... parameters) throws SQLException;

    /**
     * Runs a query that yields at most one row, with one column of text in ASCII, which may be long.
     *
     * @return its characters, a byte each; none when there is no row
     */
    byte[] ascii(String query) throws SQLException;

    /** The first row, if there is one. */
    default Optional<Row> first(String query, Object... parameters) throws SQLException {
        return rows(query, parameters).stream().findFirst();
    }

    /** The row of a query that yields one. */
    default Row one(String query, Object... parameters) throws SQLException {
        return first(query, parameters).orElseThrow();
    }

    /** From now on the server gives up a query that takes longer: SQLSTATE 57014. */
    void limit(Duration perQuery) throws SQLException;

    /** Ends the session, and what runs in it, from another thread. */
    void abort();

    @Override
    void close() throws SQLException;

    /** Over this connection, which the session closes. */
    static NodeSession of(Connection connection) {
        return new DirectSession(connection);
    }

    /** A row's values. Columns are counted from 1. */
    final class Row {
        private final List<@Nullable String> values;

        Row(List<@Nullable String> values) {
            this.values = values;
        }

        /** Empty for NULL. */
        public Optional<String> optional(int column) {
            return Optional.ofNullable(values.get(column - 1));
        }

        /** @throws java.util.NoSuchElementException for NULL */
        public String text(int column) {
            return optional(column).orElseThrow();
        }

        public int integer(int column) {
            return Integer.parseInt(text(column));
        }

        public long number(int column) {
            return Long.parseLong(text(column));
        }

        /** PostgreSQL writes {@code t}, JSON {@code true}. */
        public boolean flag(int column) {
            return text(column).startsWith("t");
        }
    }
}
