package io.freshet.runtime.daemon;

import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Topology;
import java.sql.SQLException;
import java.util.Set;

/** What becomes of changes that no stream will show. Both notes are durable when they return: a crash afterwards hides no gap. */
interface StreamHistory {
    /**
     * What a node had to tell since its cut is lost: what needs the node must be filled again, and its cut is void. The node gets a new slot only
     * after this.
     */
    void lost(Topology topology, Node node, String reason) throws SQLException;

    /** All slots are there, but a new one has no cut yet: until it has one, the next look takes it for missing again. */
    void found(Restored restored) throws SQLException;

    /**
     * What {@link NodeStreams#restore} found.
     *
     * @param lost nodes whose changes since the last committed epoch are lost
     * @param added nodes that had no slot, because they were not known or no stream table needed them
     * @param absent nodes that are not read
     */
    record Restored(Topology topology, Set<Node> lost, Set<Node> added, Set<Node> absent) {
    }
}
