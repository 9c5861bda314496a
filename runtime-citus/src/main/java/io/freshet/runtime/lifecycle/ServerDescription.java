package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.ivm.QueryDescription;
import io.freshet.parser.QueryParser;
import io.freshet.planner.OutputColumn;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Asks PostgreSQL what it makes of a query: a temporary view is created, read in the system catalogs, and rolled back. */
final class ServerDescription {
    private static final String PREFIX = "CREATE TEMPORARY VIEW __pgt_described AS ";

    /** The view and all that it reads through other views; materialized views are tables. */
    private static final String VIEWS = """
                                        WITH RECURSIVE views (oid) AS (
                                            SELECT 'pg_temp.__pgt_described'::regclass::oid
                                            UNION
                                            SELECT d.refobjid
                                            FROM views v
                                            JOIN pg_rewrite r ON r.ev_class = v.oid
                                            JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
                                            JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'v'
                                        ), trees (tree) AS (
                                            SELECT r.ev_action::text FROM views v JOIN pg_rewrite r ON r.ev_class = v.oid
                                        )
                                        """;

    private static final String COLUMNS = """
                                          SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
                                          WHERE attrelid = 'pg_temp.__pgt_described'::regclass AND attnum > 0 ORDER BY attnum
                                          """;

    /** pg_depend does not hold what every server has, so the tables are looked for in the trees. */
    private static final String TABLES = VIEWS + """
                                                 SELECT DISTINCT n.nspname, c.relname
                                                 FROM trees, regexp_matches(tree, ':relid (\\d+)', 'g') AS m (match)
                                                 JOIN pg_class c ON c.oid = match[1]::oid AND c.relkind <> 'v'
                                                 JOIN pg_namespace n ON n.oid = c.relnamespace
                                                 """;

    private static final String CHANGING = VIEWS
            + """
              SELECT 'function ' || p.proname || '()'
              FROM trees, regexp_matches(tree, ':(?:funcid|opfuncid|aggfnoid|winfnoid) (\\d+)', 'g') AS m (match)
              JOIN pg_proc p ON p.oid = match[1]::oid AND p.provolatile = 'v'
              UNION ALL
              SELECT 'TABLESAMPLE' FROM trees WHERE tree ~ ':tablesample \\{'
              UNION ALL
              SELECT 'a row lock' FROM trees WHERE tree ~ ':rowMarks \\('
              """;

    private ServerDescription() {
    }

    /**
     * Whether the server may be asked: the text must be one statement. Freshet's parser says so; a text that it does not read has no semicolon
     * but a last one, wherever one may stand.
     */
    static boolean canBeGiven(String query) {
        try {
            QueryParser.parse(query);
            return true;
        } catch (FreshetException e) {
            return !withoutLastSemicolon(query).contains(";");
        }
    }

    /** The query without a semicolon, to be put into another statement; empty when it may be more than one. */
    static Optional<String> oneStatement(String query) {
        return canBeGiven(query) ? Optional.of(withoutLastSemicolon(query)) : Optional.empty();
    }

    /**
     * Asks with the connection's search path. The connection must not be in a transaction.
     *
     * @param query one statement, see {@link #canBeGiven}
     * @throws FreshetException what PostgreSQL says against the query, with its position
     */
    static QueryDescription of(Connection connection, String query) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            // The driver is not to look for escapes in the text.
            statement.setEscapeProcessing(false);
            statement.execute(PREFIX + withoutLastSemicolon(query));
            // Types outside of pg_catalog are to be written with their schema.
            statement.execute("SET LOCAL search_path = pg_catalog");
            List<OutputColumn> columns = Jdbc.list(connection, COLUMNS,
                    row -> new OutputColumn(row.getString(1), row.getString(2), true));
            Set<TableName> tables = new HashSet<>(
                    Jdbc.list(connection, TABLES, row -> new TableName(row.getString(1), row.getString(2))));
            Optional<String> changing = Jdbc.first(connection, CHANGING, row -> row.getString(1));
            return new QueryDescription(columns, tables, changing);
        } catch (PSQLException e) {
            throw refusal(e, query).orElseThrow(() -> e);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static String withoutLastSemicolon(String query) {
        String text = query.strip();
        return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
    }

    /** Empty for an error that is not the query's. */
    private static Optional<FreshetException> refusal(PSQLException e, String query) {
        ServerErrorMessage message = e.getServerErrorMessage();
        if (message == null || e.getSQLState() == null || !isAboutTheQuery(e.getSQLState())) {
            return Optional.empty();
        }
        FreshetException refusal = FreshetException.of(code(e.getSQLState()), String.valueOf(message.getMessage())).causedBy(e);
        if (message.getHint() != null) {
            refusal = refusal.withHint(message.getHint());
        }
        // The server counts characters, from 1; the view's query was stripped at its begin.
        int stripped = query.length() - query.stripLeading().length();
        int offset = message.getPosition() - 1 - PREFIX.length();
        return Optional
                .of(offset < 0 ? refusal : refusal.at(SourcePosition.of(query, query.offsetByCodePoints(stripped, offset))));
    }

    /** Classes: feature not supported, data exception, syntax error or access rule, limit exceeded. */
    private static boolean isAboutTheQuery(String sqlState) {
        return List.of("0A", "22", "42", "54").contains(sqlState.substring(0, 2));
    }

    private static ErrorCode code(String sqlState) {
        return switch (sqlState) {
            case "42601" -> ErrorCode.SYNTAX_ERROR;
            case "42P01" -> ErrorCode.UNDEFINED_TABLE;
            case "42703" -> ErrorCode.UNDEFINED_COLUMN;
            case "42883" -> ErrorCode.UNDEFINED_FUNCTION;
            case "42704" -> ErrorCode.UNDEFINED_TYPE;
            case "42702", "42725" -> ErrorCode.AMBIGUOUS_NAME;
            case "42701" -> ErrorCode.DUPLICATE_OUTPUT_COLUMN;
            case "42501" -> ErrorCode.PERMISSION_DENIED;
            default -> ErrorCode.INVALID_QUERY;
        };
    }
}
