package io.freshet.planner.syntax;

import io.freshet.planner.testing.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** How PostgreSQL groups an expression over the columns a, b, c, d, e and z of {@code syntax/operators.sql}. */
final class Shapes implements AutoCloseable {
    private final Connection connection;

    Shapes(String database) throws SQLException {
        connection = TestPostgres.connectToNew(database);
        try (InputStream file = Shapes.class.getResourceAsStream("/syntax/operators.sql");
                Statement statement = connection.createStatement()) {
            statement.execute(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The definition of a view of it, which has all parentheses, or the SQLSTATE and the message of the error. */
    String of(String expression) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT shape(?)")) {
            statement.setString(1, expression);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getString(1);
            }
        }
    }

    static boolean isError(String shape) {
        return shape.matches("(?s)[0-9A-Z]{5} .*");
    }

    static boolean isSyntaxError(String shape) {
        return shape.startsWith("42601 ");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
