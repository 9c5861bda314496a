package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections that speak the replication protocol ({@code replication=database}, simple query mode). */
@FunctionalInterface
public interface ReplicationConnections {
    Connection open(Node node) throws SQLException;
}
