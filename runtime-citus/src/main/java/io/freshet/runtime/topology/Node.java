package io.freshet.runtime.topology;

/**
 * A server of the cluster.
 *
 * @param groupId Citus's group id; 0 is the coordinator, and the only server of plain PostgreSQL
 */
public record Node(int groupId, String host, int port) {
    public static final int COORDINATOR_GROUP = 0;

    public boolean isCoordinator() {
        return groupId == COORDINATOR_GROUP;
    }

    @Override
    public String toString() {
        return (isCoordinator() ? "coordinator " : "worker ") + host + ":" + port;
    }
}
