package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "uninstall", mixinStandardHelpOptions = true, description = {
        "Removes all stream tables, the schemas of Freshet, its publication and its replication slots. The daemon must have been stopped."})
final class UninstallCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = server.connect()) {
            Optional<Installer.Installation> installation = Installer.find(connection);
            if (installation.isEmpty()) {
                output.print(Map.of("removed", false), () -> "Nothing is installed.");
                return ExitCode.DONE;
            }
            requireNoDaemon(connection);
            dropCapture(connection, server.connections(), "freshet_" + installation.get().id());
            Installer.uninstall(connection);
            output.print(Map.of("removed", true), () -> "Stream tables, schemas, publication and slots are removed.");
            return ExitCode.DONE;
        }
    }

    private static void requireNoDaemon(Connection connection) throws SQLException {
        boolean running = Jdbc
                .first(connection, "SELECT pgtrickle.pgt_daemon_incarnation() IS NOT NULL", row -> row.getBoolean(1))
                .orElseThrow();
        if (running) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "a daemon is running").withHint("Stop it first.");
        }
    }

    /** Slots first: they hold back WAL. */
    private static void dropCapture(Connection coordinator, Connections connections, String prefix) throws SQLException {
        for (Node node : Topology.discover(connections).nodes()) {
            try (Connection connection = connections.open(node)) {
                for (String slot : Jdbc.list(connection,
                        "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE starts_with(slot_name, ?)",
                        row -> row.getString(1), prefix)) {
                    Slots.drop(connection, slot);
                }
            }
        }
        List<String> publications = Jdbc.list(coordinator,
                "SELECT pubname FROM pg_catalog.pg_publication WHERE starts_with(pubname, ?)",
                row -> row.getString(1), prefix);
        for (String publication : publications) {
            Jdbc.execute(coordinator, "DROP PUBLICATION " + Quoting.identifier(publication));
        }
    }
}
