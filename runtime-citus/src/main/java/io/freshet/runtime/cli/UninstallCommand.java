package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.epoch.AnchorNames;
import io.freshet.runtime.lifecycle.FormerNode;
import io.freshet.runtime.lifecycle.Publication;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Topology;
import io.freshet.runtime.topology.WorkerAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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

    @Override
    public Integer call() throws SQLException {
        Connections connections = server.connections();
        try (Connection connection = server.connect()) {
            Optional<Installer.Installation> installation = Installer.find(connection);
            boolean installed = installation.isPresent();
            if (installed) {
                requireNoDaemon(connection);
            }
            Connections choice = connections.withWorkers(WorkerAccess.choose(connections).access());
            SlotRemoval slots = SlotRemoval.on(Topology.nodes(connection, connections.url()), choice, Publication.NAMES);
            slots.requireAll(connections.url());
            List<String> removed = new ArrayList<>(slots.removed());
            List<String> notes = installed
                    ? clearFormerNodes(connection, choice, new Publication(installation.get().id()), removed)
                    : List.of();
            removed.addAll(dropPublications(connection));
            AnchorNames.dropInOtherSchemas(connection);
            Installer.uninstall(connection);
            output.print(Map.of("removed", installed || !removed.isEmpty(), "capture", removed, "notes", notes),
                    () -> text(installed, removed, notes));
            return ExitCode.DONE;
        }
    }

    private static String text(boolean installed, List<String> removed, List<String> notes) {
        String done;
        if (installed) {
            done = "Stream tables, schemas, publication and slots are removed.";
        } else {
            done = removed.isEmpty()
                    ? "Nothing is installed."
                    : "Nothing is installed. Removed of an earlier installation: " + String.join(", ", removed) + ".";
        }
        return String.join("\n", Stream.concat(Stream.of(done), notes.stream()).toList());
    }

    /**
     * Of nodes that have been disabled or removed while no daemon ran only this installation's own is dropped: they may serve another cluster now.
     *
     * @param removed is added to
     * @return what could not be done, for people
     */
    private static List<String> clearFormerNodes(Connection coordinator, Connections connections, Publication publication,
            List<String> removed) throws SQLException {
        List<Node> disabled = Topology.disabled(coordinator);
        Set<Node> gone = new LinkedHashSet<>(EpochStore.nodesOfCuts(coordinator));
        Topology.nodes(coordinator, connections.url()).forEach(gone::remove);
        disabled.forEach(gone::remove);
        String name = "^" + publication.name() + "$";
        SlotRemoval slots = SlotRemoval.on(Stream.concat(disabled.stream(), gone.stream()).toList(), connections, name);
        removed.addAll(slots.removed());
        List<String> notes = new ArrayList<>();
        slots.unreachable().forEach((node, why) -> notes.add(node
                + " is not used by the cluster and cannot be reached; if it comes back, run there: "
                + SlotRemoval.statement(name)));
        gone.removeAll(slots.unreachable().keySet());
        for (Node node : gone) {
            try {
                new FormerNode(coordinator, connections, publication).clear(node);
            } catch (SQLException e) {
                notes.add("tables and publication stay on " + node + ", which has left the cluster: " + e.getMessage());
            }
        }
        return notes;
    }

    private static void requireNoDaemon(Connection connection) throws SQLException {
        boolean running = Jdbc
                .first(connection, "SELECT pgtrickle.pgt_daemon_incarnation() IS NOT NULL", row -> row.getBoolean(1))
                .orElseThrow();
        if (running) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "a daemon is running").withHint("Stop it first.");
        }
    }

    private static List<String> dropPublications(Connection coordinator) throws SQLException {
        List<String> publications = Jdbc.list(coordinator, "SELECT pubname FROM pg_catalog.pg_publication WHERE pubname ~ ?",
                row -> row.getString(1), Publication.NAMES);
        for (String publication : publications) {
            Jdbc.execute(coordinator, "DROP PUBLICATION " + Quoting.identifier(publication));
        }
        return publications.stream().map(p -> "publication " + p).toList();
    }
}
