package io.freshet.runtime.cli;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at everything that a daemon needs of the servers, without changing anything. */
final class Doctor {
    private static final int OLDEST_SERVER = 170000;
    private static final String DATABASE = "database";

    private final Connections connections;
    private final List<Finding> findings = new ArrayList<>();

    private Doctor(Connections connections) {
        this.connections = connections;
    }

    /** Every finding, good or bad, nodes first. */
    static List<Finding> examine(Connections connections) throws SQLException {
        Doctor doctor = new Doctor(connections);
        try {
            Topology topology = Topology.discover(connections);
            doctor.findings.add(Finding.ok("topology", DATABASE, topology.citus()
                    ? "Citus with " + (topology.nodes().size() - 1) + " workers"
                    : "PostgreSQL without Citus"));
            for (Node node : topology.nodes()) {
                doctor.examine(node, topology);
            }
        } catch (FreshetException e) {
            doctor.findings.add(Finding.error("topology", DATABASE, e.getMessage(), e.hint().orElse("")));
            return doctor.findings;
        }
        try (Connection connection = connections.coordinator()) {
            doctor.examineInstallation(connection);
            doctor.examineTables(connection);
        }
        return doctor.findings;
    }

    private void examine(Node node, Topology topology) throws SQLException {
        try (Connection connection = connections.open(node)) {
            int version = Integer.parseInt(setting(connection, "server_version_num"));
            add("version", node, version >= OLDEST_SERVER, "PostgreSQL " + setting(connection, "server_version"),
                    "Use PostgreSQL 17 or newer.");
            add("wal_level", node, setting(connection, "wal_level").equals("logical"),
                    "wal_level is " + setting(connection, "wal_level"),
                    "ALTER SYSTEM SET wal_level = logical; -- then restart the server");
            examineRole(connection, node);
            examineRoom(connection, node);
            if (topology.citus()) {
                String capture = setting(connection, "citus.enable_change_data_capture");
                add("change data capture", node, capture.equals("on"), "citus.enable_change_data_capture is " + capture,
                        "ALTER SYSTEM SET citus.enable_change_data_capture = on; SELECT pg_reload_conf();");
                int prepared = Integer.parseInt(setting(connection, "max_prepared_transactions"));
                add("prepared transactions", node, prepared > 0, "max_prepared_transactions is " + prepared,
                        "ALTER SYSTEM SET max_prepared_transactions = 200; -- then restart the server");
            }
        }
    }

    private void examineRole(Connection connection, Node node) throws SQLException {
        boolean mayReplicate = Jdbc.first(connection,
                "SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user",
                row -> row.getBoolean(1))
                .orElse(false);
        String role = Jdbc.first(connection, "SELECT current_user", row -> row.getString(1)).orElseThrow();
        add("role", node, mayReplicate, "role \"" + role + "\" may " + (mayReplicate ? "" : "not ") + "replicate",
                "ALTER ROLE " + Quoting.identifier(role) + " REPLICATION;");
    }

    private void examineRoom(Connection connection, Node node) throws SQLException {
        int slots = Jdbc.first(connection,
                "SELECT current_setting('max_replication_slots')::int - count(*) FROM pg_catalog.pg_replication_slots",
                row -> row.getInt(1)).orElseThrow();
        boolean ours = Jdbc
                .first(connection, """
                                   SELECT 1 FROM pg_catalog.pg_replication_slots
                                   WHERE slot_name LIKE 'freshet\\_%' AND database = current_database() AND wal_status <> 'lost'
                                   """, row -> row.getInt(1)).isPresent();
        add("replication slots", node, slots > 0 || ours, slots + " free" + (ours ? ", and there is one of Freshet" : ""),
                "ALTER SYSTEM SET max_replication_slots = <more>; -- then restart the server");
        int senders = Jdbc
                .first(connection, """
                                   SELECT current_setting('max_wal_senders')::int - count(*) FROM pg_catalog.pg_stat_activity
                                   WHERE backend_type = 'walsender'
                                   """, row -> row.getInt(1)).orElseThrow();
        add("walsenders", node, senders > 0 || ours, senders + " free",
                "ALTER SYSTEM SET max_wal_senders = <more>; -- then restart the server");
        for (String slot : Jdbc.list(connection,
                """
                SELECT slot_name FROM pg_catalog.pg_replication_slots
                WHERE slot_name LIKE 'freshet\\_%' AND database = current_database() AND wal_status = 'lost'
                """, row -> row.getString(1))) {
            findings.add(Finding.error("slot", node, "slot \"" + slot + "\" has lost WAL that it needs",
                    "Start the daemon: it makes the slot anew. To keep more WAL: ALTER SYSTEM SET max_slot_wal_keep_size = <more>;"));
        }
    }

    private void examineInstallation(Connection connection) throws SQLException {
        Optional<Installer.Installation> installation = Installer.find(connection);
        if (installation.isEmpty()) {
            findings.add(Finding.warn("installation", DATABASE, "the schema pgtrickle is not installed",
                    "./freshet daemon installs it, or ./freshet install"));
            return;
        }
        findings.add(Finding.ok("installation", DATABASE, "the schema pgtrickle has version " + installation.get().version()));
        boolean running = Jdbc
                .first(connection, "SELECT pgtrickle.pgt_daemon_incarnation() IS NOT NULL", row -> row.getBoolean(1))
                .orElseThrow();
        findings.add(running
                ? Finding.ok("daemon", DATABASE, "a daemon is running")
                : Finding.warn("daemon", DATABASE, "no daemon is running: stream tables stay as they are and WAL is kept for it",
                        "./freshet daemon --url " + connections.url()));
        for (TableName source : Jdbc.list(connection,
                """
                SELECT DISTINCT s.source_schema, s.source_table
                FROM pgtrickle.pgt_sources s JOIN pg_catalog.pg_class c ON c.oid = s.source_oid
                WHERE c.relreplident <> 'f' AND c.relkind IN ('r', 'p')
                """, row -> new TableName(row.getString(1), row.getString(2)))) {
            findings.add(Finding.error("replica identity", DATABASE, "source " + source + " no longer has REPLICA IDENTITY FULL",
                    "ALTER TABLE " + Quoting.table(source) + " REPLICA IDENTITY FULL;"));
        }
        Jdbc.list(connection,
                "SELECT schema_name, table_name, last_error FROM pgtrickle.pgt_stream_tables WHERE status = 'FAILING'",
                row -> Finding.error("stream table", row.getString(1) + "." + row.getString(2), row.getString(3),
                        "It is tried again by itself when the cause is gone."))
                .forEach(findings::add);
    }

    private void examineTables(Connection connection) throws SQLException {
        List<TableName> unfit = Jdbc.list(connection,
                """
                SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relreplident <> 'f' AND c.relpersistence = 'p'
                  AND n.nspname !~ '^(pg_|information_schema$|pgtrickle|citus|columnar)'
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                                  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
                ORDER BY 1, 2
                """, row -> new TableName(row.getString(1), row.getString(2)));
        if (!unfit.isEmpty()) {
            findings.add(new Finding("replica identity", DATABASE, Finding.Severity.OK,
                    unfit.size() + " tables, among them " + unfit.getFirst() + ", can be no sources as they are",
                    Optional.of("ALTER TABLE " + Quoting.table(unfit.getFirst()) + " REPLICA IDENTITY FULL;")));
        }
    }

    private void add(String check, Node node, boolean good, String detail, String cure) {
        findings.add(good ? Finding.ok(check, node, detail) : Finding.error(check, node, detail, cure));
    }

    private static String setting(Connection connection, String name) throws SQLException {
        return Jdbc.first(connection, "SELECT coalesce(current_setting(?, true), 'off')", row -> row.getString(1), name)
                .orElseThrow();
    }
}
