package io.freshet.runtime.sqlapi;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.ServerVersion;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * Installs, migrates and removes the schemas {@code pgtrickle}, {@code pgtrickle_state} and {@code pgtrickle_changes} on the coordinator.
 * Each call is one transaction on the connection it is given, which must not be in one; calls from several sessions wait for each other.
 */
public final class Installer {
    /** The key that makes installers wait for each other; any number that others don't use. */
    private static final long LOCK_KEY = 0x66726573_68657400L;

    private Installer() {
    }

    /**
     * @param id eight hexadecimal digits, in the names of this database's slots and publication
     * @param version the number of the last migration
     */
    public record Installation(String id, int version) {
    }

    /**
     * Brings the schema to this program's version; does nothing when it is there.
     *
     * @throws FreshetException NOT_INSTALLED when the schema is newer than this program or belongs to something else;
     *         UNSUPPORTED_SERVER
     */
    public static Installation install(Connection connection) throws SQLException {
        return inTransaction(connection, () -> migrate(connection));
    }

    /** What is installed, if anything. */
    public static Optional<Installation> find(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet there = statement.executeQuery("SELECT to_regclass('pgtrickle.installation') IS NOT NULL")) {
                there.next();
                if (!there.getBoolean(1)) {
                    return Optional.empty();
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT id, version FROM pgtrickle.installation")) {
                return row.next() ? Optional.of(new Installation(row.getString(1), row.getInt(2))) : Optional.empty();
            }
        }
    }

    /**
     * Removes every stream table and the schemas. Slots and publications are not tables: whoever made them drops them, before.
     *
     * @return whether anything was installed
     */
    public static boolean uninstall(Connection connection) throws SQLException {
        return inTransaction(connection, () -> {
            if (find(connection).isEmpty()) {
                return false;
            }
            execute(connection, Migration.UNINSTALL);
            return true;
        });
    }

    private static Installation migrate(Connection connection) throws SQLException {
        requireSupportedServer(connection);
        Optional<Installation> installed = find(connection);
        if (installed.isEmpty()) {
            requireFreeSchemas(connection);
        }
        int version = installed.map(Installation::version).orElse(0);
        List<Migration> all = Migration.all();
        if (version > all.size()) {
            throw FreshetException
                    .of(ErrorCode.NOT_INSTALLED,
                            "the schema pgtrickle has version " + version + ", this program knows versions up to " + all.size())
                    .withHint("Run the newer Freshet that migrated it.");
        }
        for (Migration migration : all.subList(version, all.size())) {
            execute(connection, migration.script());
            execute(connection, "UPDATE pgtrickle.installation SET version = " + migration.version());
        }
        return find(connection).orElseThrow();
    }

    private static void requireSupportedServer(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement
                        .executeQuery("SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
                                + " EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus')")) {
            row.next();
            ServerVersion version = new ServerVersion(row.getInt(1), row.getString(2));
            boolean citus = row.getBoolean(3);
            if (!version.isSupported()) {
                throw FreshetException.of(ErrorCode.UNSUPPORTED_SERVER, "the server is PostgreSQL " + version.text())
                        .withHint(ServerVersion.OLDEST_CURE);
            }
            if (!citus && version.losesChangesOfNewSources()) {
                throw FreshetException.of(ErrorCode.UNSUPPORTED_SERVER, "the server is PostgreSQL " + version.text()
                        + ", which loses changes of a table that is published while a transaction writes to it")
                        .withHint(ServerVersion.MINOR_CURE);
            }
        }
    }

    private static void requireFreeSchemas(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                                                       SELECT string_agg(nspname, ', ' ORDER BY nspname) FROM pg_namespace
                                                       WHERE nspname IN ('pgtrickle', 'pgtrickle_state', 'pgtrickle_changes')
                                                       """)) {
            row.next();
            String taken = row.getString(1);
            if (taken != null) {
                throw FreshetException
                        .of(ErrorCode.NOT_INSTALLED, "the database has a schema of another origin by the name of " + taken)
                        .withHint("Rename or drop it, or use another database.");
            }
        }
    }

    private static void execute(Connection connection, String script) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(script);
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }

    private static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            // The catalog is local to the coordinator; Citus copies a schema to the workers by itself when a distributed table needs it.
            execute(connection, "SELECT pg_advisory_xact_lock(" + LOCK_KEY + "); SET LOCAL search_path = pg_catalog;"
                    + "SET LOCAL citus.enable_ddl_propagation = off; SET LOCAL client_min_messages = warning");
            T result = work.run();
            connection.commit();
            return result;
        } finally {
            // After a commit there is nothing to roll back.
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}
