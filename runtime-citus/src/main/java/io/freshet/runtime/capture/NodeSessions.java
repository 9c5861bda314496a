package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;

/** Opens sessions with nodes. */
@FunctionalInterface
interface NodeSessions {
    NodeSession open(Node node) throws SQLException;
}
