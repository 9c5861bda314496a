package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.sqlapi.StreamTableFunctions;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "status", mixinStandardHelpOptions = true, description = {
        "Tells whether a daemon runs, how its last epochs went, and how the nodes and the stream tables are. Needs the rights of the daemon's role."})
final class StatusCommand implements Callable<Integer> {
    private static final String NODES = """
                                        SELECT group_id, host, port, slot_name, health, active, frontier_lsn::text, lag_bytes, retained_bytes, wal_status,
                                               last_polled_at, consecutive_failures, failing_since, last_error
                                        FROM pgtrickle.pgt_worker_slots ORDER BY group_id
                                        """;

    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = server.connect()) {
            Installer.Installation installation = Installer.find(connection)
                    .orElseThrow(() -> FreshetException.of(ErrorCode.NOT_INSTALLED, "the schema pgtrickle is not installed")
                            .withHint("Run: ./freshet install --url .."));
            Optional<Map<String, Object>> daemon = Jdbc.first(connection,
                    """
                    SELECT pid AS session_pid, started_at FROM pgtrickle.pgt_daemon
                    WHERE incarnation = pgtrickle.pgt_daemon_incarnation()
                    """, StreamTableFunctions::columns);
            Optional<Map<String, Object>> epochs = Jdbc.first(connection,
                    """
                    SELECT max(epoch) AS last_epoch, max(committed_at) AS last_committed_at, count(*) AS recent_epochs,
                           coalesce(sum(changes), 0)::bigint AS recent_changes,
                           percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms) AS median_ms, max(duration_ms) AS slowest_ms
                    FROM pgtrickle.pgt_epochs WHERE committed_at > clock_timestamp() - interval '1 minute'
                    """, StreamTableFunctions::columns);
            List<Map<String, Object>> tables = new StreamTableFunctions(connection).status();
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("installation", Map.of("id", installation.id(), "version", installation.version()));
            json.put("daemon", daemon.orElse(null));
            json.put("lastMinute", epochs.orElseThrow());
            List<Map<String, Object>> nodes = Jdbc.list(connection, NODES, StreamTableFunctions::columns);
            json.put("nodes", nodes);
            json.put("streamTables", tables);
            output.print(json, () -> text(daemon, epochs.orElseThrow(), nodes) + ListCommand.text(tables));
            return ExitCode.DONE;
        }
    }

    private static String text(Optional<Map<String, Object>> daemon, Map<String, Object> epochs,
            List<Map<String, Object>> nodes) {
        String head = daemon.map(d -> "The daemon has been running since " + d.get("started_at") + ".")
                .orElse("No daemon is running.");
        String minute = epochs.get("last_epoch") == null
                ? "No epoch was committed in the last minute."
                : "Last minute: %s epochs with %s changes, median %.1f ms, slowest %.1f ms; the last is epoch %s.".formatted(
                        epochs.get("recent_epochs"), epochs.get("recent_changes"), epochs.get("median_ms"),
                        epochs.get("slowest_ms"), epochs.get("last_epoch"));
        return head + '\n' + minute + "\n\n" + (nodes.isEmpty() ? "" : nodes(nodes) + '\n');
    }

    private static String nodes(List<Map<String, Object>> nodes) {
        TextTable table = new TextTable("NODE", "HEALTH", "FRONTIER", "BYTES BEHIND", "LAST POLLED");
        StringBuilder remarks = new StringBuilder();
        for (Map<String, Object> node : nodes) {
            String name = node.get("host") + ":" + node.get("port");
            table.add(name, String.valueOf(node.get("health")), Objects.toString(node.get("frontier_lsn"), "-"),
                    Objects.toString(node.get("lag_bytes"), "-"), Objects.toString(node.get("last_polled_at"), "-"));
            if (node.get("last_error") != null) {
                remarks.append(name).append(" has not been read since ").append(node.get("failing_since")).append(": ")
                        .append(node.get("last_error")).append('\n');
            }
        }
        return table.toString() + remarks;
    }
}
