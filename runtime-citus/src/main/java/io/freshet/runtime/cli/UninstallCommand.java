package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.epoch.AnchorNames;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.freshet.runtime.topology.Topology;
import io.freshet.runtime.topology.WorkerAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "uninstall", mixinStandardHelpOptions = true, description = {
        "Removes all stream tables, the schemas of Freshet, its publication and its replication slots, also "
                + "slots and publications that an earlier installation has left in this database. The daemon must have "
                + "been stopped."})
final class UninstallCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();

    /** What every installation names its slots and its publication by. */
    private static final String NAMES = "^freshet_[0-9a-f]{8}$";

    @Override
    public Integer call() throws SQLException {
        Connections connections = server.connections();
        try (Connection connection = server.connect()) {
            boolean installed = Installer.find(connection).isPresent();
            if (installed) {
                requireNoDaemon(connection);
            }
            List<String> removed = dropSlots(Topology.nodes(connection, connections.url()),
                    connections.withWorkers(WorkerAccess.choose(connections).access()));
            removed.addAll(dropPublications(connection));
            AnchorNames.dropInOtherSchemas(connection);
            Installer.uninstall(connection);
            output.print(Map.of("removed", installed || !removed.isEmpty(), "capture", removed), () -> text(installed, removed));
            return ExitCode.DONE;
        }
    }

    private static String text(boolean installed, List<String> removed) {
        if (installed) {
            return "Stream tables, schemas, publication and slots are removed.";
        }
        return removed.isEmpty()
                ? "Nothing is installed."
                : "Nothing is installed. Removed of an earlier installation: " + String.join(", ", removed) + ".";
    }

    private static void requireNoDaemon(Connection connection) throws SQLException {
        boolean running = Jdbc
                .first(connection, "SELECT pgtrickle.pgt_daemon_incarnation() IS NOT NULL", row -> row.getBoolean(1))
                .orElseThrow();
        if (running) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "a daemon is running").withHint("Stop it first.");
        }
    }

    /**
     * Slots first: they hold back WAL.
     *
     * @throws FreshetException NODE_UNREACHABLE; the slots of the other nodes are gone then
     */
    private static List<String> dropSlots(List<Node> nodes, Connections connections) {
        List<String> removed = new ArrayList<>();
        List<String> unreachable = new ArrayList<>();
        Optional<SQLException> cause = Optional.empty();
        for (Node node : nodes) {
            try (NodeSession session = connections.session(node)) {
                for (NodeSession.Row slot : session.rows(
                        "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE slot_name ~ ? AND database = current_database()",
                        NAMES)) {
                    Slots.drop(session, slot.text(1));
                    removed.add("slot " + slot.text(1) + " of " + node);
                }
            } catch (SQLException e) {
                unreachable.add(node + " (" + e.getMessage() + ")");
                cause = Optional.of(e);
            }
        }
        if (cause.isPresent()) {
            throw FreshetException
                    .of(ErrorCode.NODE_UNREACHABLE, "slots may be left on " + String.join(", ", unreachable)
                            + "; stream tables, schemas and publication stay too: Citus drops no table while one of its nodes is away")
                    .withHint("Start that server and run this again. If it leaves the cluster instead, run there, in database "
                            + Quoting.identifier(connections.url().database())
                            + ": SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name ~ "
                            + Quoting.literal(NAMES) + " AND database = current_database();")
                    .causedBy(cause.get());
        }
        return removed;
    }

    private static List<String> dropPublications(Connection coordinator) throws SQLException {
        List<String> publications = Jdbc.list(coordinator, "SELECT pubname FROM pg_catalog.pg_publication WHERE pubname ~ ?",
                row -> row.getString(1), NAMES);
        for (String publication : publications) {
            Jdbc.execute(coordinator, "DROP PUBLICATION " + Quoting.identifier(publication));
        }
        return publications.stream().map(p -> "publication " + p).toList();
    }
}
