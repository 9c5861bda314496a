package io.freshet.runtime.lifecycle;

import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.freshet.runtime.topology.Topology;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The transactions that had begun to write, on any node, when a source was added to the publication. What such a transaction wrote before that
 * moment is never decoded; so a stream table over the source is filled only when all of them have ended: then each is either in what the fill
 * reads, or was rolled back. Prepared transactions count.
 */
public final class OldTransactions {
    /** Of connecting to a node and of its answer: the loop's thread asks. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Connections connections;
    private final Map<Node, Long> firstNewer;

    private OldTransactions(Connections connections, Map<Node, Long> firstNewer) {
        this.connections = connections;
        this.firstNewer = firstNewer;
    }

    /** Those that run now, after the publication was committed. */
    public static OldTransactions runningNow(Connections connections, Topology topology) throws SQLException {
        Map<Node, Long> firstNewer = new HashMap<>();
        // Where a source lies, the nodes that are out of use are no loss: nothing is filled from them.
        for (Node node : topology.usable()) {
            try (NodeSession session = connections.session(node, LIMIT)) {
                // An id of one's own: a snapshot's xmax may lie below transactions that are running.
                firstNewer.put(node, session.one("SELECT pg_catalog.pg_current_xact_id()::text").number(1));
            }
        }
        return new OldTransactions(connections, firstNewer);
    }

    /** Whether all have ended; if not, a line for the operator that names one which has not. */
    public Optional<String> stillRunning() throws SQLException {
        List<Node> done = new ArrayList<>();
        Optional<String> waitedFor = Optional.empty();
        for (Map.Entry<Node, Long> bound : firstNewer.entrySet()) {
            try (NodeSession session = connections.session(bound.getKey(), LIMIT)) {
                long oldest = session
                        .one("SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text").number(1);
                if (oldest >= bound.getValue()) {
                    done.add(bound.getKey());
                } else {
                    waitedFor = Optional.of(bound.getKey() + ": " + describe(session, oldest));
                }
            }
        }
        done.forEach(firstNewer::remove);
        return waitedFor;
    }

    private static String describe(NodeSession session, long xid) throws SQLException {
        String xid32 = Long.toString(xid & 0xFFFFFFFFL);
        return session.first(
                """
                SELECT 'transaction ' || backend_xid || ' of process ' || pid || ' (' || coalesce(usename, '') || ', '
                       || coalesce(application_name, '') || ', ' || state || ') since ' || xact_start
                FROM pg_catalog.pg_stat_activity WHERE backend_xid::text = ?
                UNION ALL
                SELECT 'prepared transaction ' || gid || ' since ' || prepared FROM pg_catalog.pg_prepared_xacts WHERE transaction::text = ?
                """,
                xid32, xid32).map(row -> row.text(1)).orElse("transaction " + xid32);
    }
}
