package io.freshet.runtime.cli;

import io.freshet.planner.print.Quoting;
import io.freshet.runtime.daemon.CaptureWay;
import io.freshet.runtime.settings.CaptureMode;
import io.freshet.runtime.settings.Setting;
import io.freshet.runtime.settings.Settings;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Topology;
import io.freshet.runtime.topology.WorkerAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which way workers are captured, and why: by a daemon that starts now, and by the one that runs. */
final class CaptureDoctor {
    private static final String CHECK = "capture";
    private static final String DATABASE = "database";

    private CaptureDoctor() {
    }

    /**
     * Adds what is found; nothing where there are no workers.
     *
     * @return how to ask the workers
     */
    static WorkerAccess examine(Connections connections, List<Finding> findings) {
        try (Connection coordinator = connections.coordinator()) {
            if (Topology.nodes(coordinator, connections.url()).size() == 1) {
                return WorkerAccess.DIRECT;
            }
            Settings settings = Settings.read(coordinator, Map.of());
            WorkerAccess.Choice way = CaptureWay.choose(settings, connections);
            findings.add(Finding.ok(CHECK, DATABASE,
                    "workers are captured by " + way.access().capture() + ": " + way.reason()));
            if (settings.get(Setting.CAPTURE) == CaptureMode.STREAMING) {
                WorkerAccess.Choice possible = WorkerAccess.choose(connections);
                if (possible.access() != way.access()) {
                    findings.add(Finding.warn(CHECK, DATABASE, "streaming cannot read every worker: " + possible.reason(),
                            "ALTER DATABASE " + Quoting.identifier(connections.url().database()) + " SET "
                                    + Setting.CAPTURE.name() + " = 'auto'; then start the daemon again."));
                }
            }
            running(coordinator).filter(word -> !word.equals(way.access().capture())).ifPresent(word -> findings
                    .add(Finding.warn(CHECK, DATABASE,
                            "the daemon that runs captures workers by " + word + ", as when it started",
                            "Start it again: then it is " + way.access().capture() + ".")));
            return way.access();
        } catch (SQLException e) {
            // The look at the nodes tells what is the matter.
            return WorkerAccess.DIRECT;
        }
    }

    /** Empty, too, for an older schema. */
    private static Optional<String> running(Connection coordinator) throws SQLException {
        if (Installer.find(coordinator).isEmpty()) {
            return Optional.empty();
        }
        return Jdbc.list(coordinator, """
                                      SELECT to_jsonb(s) ->> 'capture' FROM pgtrickle.pgt_node_states s
                                      WHERE group_id <> 0 AND to_jsonb(s) ->> 'capture' IS NOT NULL
                                        AND pgtrickle.pgt_daemon_incarnation() IS NOT NULL LIMIT 1""", row -> row.getString(1))
                .stream().findFirst();
    }
}
