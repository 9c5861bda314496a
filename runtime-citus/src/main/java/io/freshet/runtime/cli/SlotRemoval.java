package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.lifecycle.Publication;
import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Slots in one database are dropped on some nodes.
 *
 * @param removed the slots that are gone, each with its node, for people
 * @param unreachable the nodes on which slots may be left
 */
record SlotRemoval(List<String> removed, Map<Node, SQLException> unreachable) {
    /** @param names what the slots are called; a regular expression */
    static SlotRemoval on(Collection<Node> nodes, Connections connections, String names) {
        List<String> removed = new ArrayList<>();
        Map<Node, SQLException> unreachable = new LinkedHashMap<>();
        for (Node node : nodes) {
            try (NodeSession session = connections.session(node)) {
                for (NodeSession.Row slot : session.rows(
                        "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE slot_name ~ ? AND database = current_database()",
                        names)) {
                    Slots.drop(session, slot.text(1));
                    removed.add("slot " + slot.text(1) + " of " + node);
                }
            } catch (SQLException e) {
                unreachable.put(node, e);
            }
        }
        return new SlotRemoval(removed, unreachable);
    }

    /** Does by hand on one node what {@link #on} does. */
    static String statement(String names) {
        return "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name ~ " + Quoting.literal(names)
                + " AND database = current_database();";
    }

    /** @throws FreshetException NODE_UNREACHABLE; the slots of the other nodes are gone then */
    void requireAll(ConnectionUrl url) {
        if (unreachable.isEmpty()) {
            return;
        }
        throw FreshetException
                .of(ErrorCode.NODE_UNREACHABLE, "slots may be left on " + unreachable.entrySet().stream()
                        .map(u -> u.getKey() + " (" + u.getValue().getMessage() + ")").collect(Collectors.joining(", "))
                        + "; stream tables, schemas and publication stay too: Citus drops no table while one of its nodes is away")
                .withHint("Start that server and run this again. If it leaves the cluster instead, run there, in database "
                        + Quoting.identifier(url.database()) + ": " + statement(Publication.NAMES))
                .causedBy(unreachable.values().iterator().next());
    }
}
