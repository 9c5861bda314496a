package io.freshet.runtime.topology;

/**
 * What a server says of itself, wherever a query lands: Citus runs a query on a worker without telling which one, and host names differ from
 * what {@code pg_dist_node} holds.
 *
 * @param systemIdentifier of the database cluster, as {@code pg_control_system()} tells
 * @param port on which the server was reached; nodes that were cloned from one image have the same system identifier
 */
public record NodeIdentity(long systemIdentifier, int port) {
    /** An expression for a select list, evaluated on the server that holds the row: two columns. */
    public static final String SQL = "(pg_catalog.pg_control_system()).system_identifier, coalesce(pg_catalog.inet_server_port(), 0)";
}
