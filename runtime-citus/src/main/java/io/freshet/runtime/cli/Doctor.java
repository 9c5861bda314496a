package io.freshet.runtime.cli;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.ChangeDataCapture;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.freshet.runtime.topology.ServerVersion;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at everything that a daemon needs of the servers, without changing anything. */
final class Doctor {
    private static final int MESSAGES_FLUSH_THEMSELVES = 170000;
    private static final String DATABASE = "database";

    private final Connections connections;
    private final List<Finding> findings;

    private Doctor(Connections connections, List<Finding> findings) {
        this.connections = connections;
        this.findings = findings;
    }

    /** Every finding, good or bad, nodes first. */
    static List<Finding> examine(Connections connections) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        Doctor doctor = new Doctor(connections.withWorkers(CaptureDoctor.examine(connections, findings)), findings);
        try {
            Topology topology = Topology.discover(doctor.connections);
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
        try (NodeSession session = connections.session(node)) {
            ServerVersion version = new ServerVersion(Integer.parseInt(setting(session, "server_version_num")),
                    setting(session, "server_version"));
            add("version", node, version.isSupported(), "PostgreSQL " + version.text(), ServerVersion.OLDEST_CURE);
            if (!topology.citus() && version.losesChangesOfNewSources()) {
                findings.add(Finding.error("version", node,
                        "changes of a table that is published while a transaction writes to it are lost",
                        ServerVersion.MINOR_CURE));
            }
            if (version.number() < MESSAGES_FLUSH_THEMSELVES) {
                add("messages", node,
                        session.one("SELECT has_function_privilege('pg_catalog.pg_log_standby_snapshot()', 'EXECUTE')").flag(1),
                        "a server before PostgreSQL 17 flushes messages by pg_log_standby_snapshot()",
                        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_log_standby_snapshot() TO <the daemon's role>;");
            }
            add("wal_level", node, setting(session, "wal_level").equals("logical"),
                    "wal_level is " + setting(session, "wal_level"),
                    "ALTER SYSTEM SET wal_level = logical; -- then restart the server");
            examineRole(session, node);
            examineRoom(session, node);
            if (topology.citus()) {
                examineCapture(session, node);
                int prepared = Integer.parseInt(setting(session, "max_prepared_transactions"));
                add("prepared transactions", node, prepared > 0, "max_prepared_transactions is " + prepared,
                        "ALTER SYSTEM SET max_prepared_transactions = 200; -- then restart the server");
            }
        }
    }

    private void examineCapture(NodeSession session, Node node) throws SQLException {
        try {
            ChangeDataCapture.require(session, node);
            findings.add(Finding.ok("change data capture", node, "citus.enable_change_data_capture is on"));
        } catch (FreshetException e) {
            findings.add(Finding.error("change data capture", node, e.getMessage(), e.hint().orElseThrow()));
        }
    }

    private void examineRole(NodeSession session, Node node) throws SQLException {
        NodeSession.Row row = session
                .one("SELECT rolname, rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user");
        String role = row.text(1);
        boolean mayReplicate = row.flag(2);
        add("role", node, mayReplicate, "role \"" + role + "\" may " + (mayReplicate ? "" : "not ") + "replicate",
                "ALTER ROLE " + Quoting.identifier(role) + " REPLICATION;");
    }

    private void examineRoom(NodeSession session, Node node) throws SQLException {
        int slots = session
                .one("SELECT current_setting('max_replication_slots')::int - count(*) FROM pg_catalog.pg_replication_slots")
                .integer(1);
        boolean ours = session
                .first("""
                       SELECT 1 FROM pg_catalog.pg_replication_slots
                       WHERE slot_name LIKE 'freshet\\_%' AND database = current_database() AND wal_status <> 'lost'
                       """).isPresent();
        add("replication slots", node, slots > 0 || ours, slots + " free" + (ours ? ", and there is one of Freshet" : ""),
                "ALTER SYSTEM SET max_replication_slots = <more>; -- then restart the server");
        if (connections.isDirect(node)) {
            int senders = session.one("""
                                      SELECT current_setting('max_wal_senders')::int - count(*) FROM pg_catalog.pg_stat_activity
                                      WHERE backend_type = 'walsender'
                                      """).integer(1);
            add("walsenders", node, senders > 0 || ours, senders + " free",
                    "ALTER SYSTEM SET max_wal_senders = <more>; -- then restart the server");
        }
        for (NodeSession.Row lost : session.rows(
                """
                SELECT slot_name FROM pg_catalog.pg_replication_slots
                WHERE slot_name LIKE 'freshet\\_%' AND database = current_database() AND wal_status = 'lost'
                """)) {
            findings.add(Finding.error("slot", node, "slot \"" + lost.text(1) + "\" has lost WAL that it needs",
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

    private static String setting(NodeSession session, String name) throws SQLException {
        return session.one("SELECT coalesce(current_setting(?, true), 'off')", name).text(1);
    }
}
