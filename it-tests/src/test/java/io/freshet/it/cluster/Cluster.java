package io.freshet.it.cluster;

import java.util.List;

/**
 * Servers that a test can use as one database system.
 *
 * <p>{@link Clusters} hands out shared ones. A test that kills servers, or wants other settings, starts its own and closes it. Whatever is
 * still running when the JVM ends is stopped then.
 */
public sealed interface Cluster extends AutoCloseable permits PostgresCluster, CitusCluster {

    /** The coordinator first; on plain PostgreSQL there is nothing else. */
    List<Server> servers();

    /**
     * Creates an empty database on every server, joined to one cluster where there are several.
     *
     * @param prefix what people recognise it by; a number is added
     */
    Database createDatabase(String prefix);

    @Override
    void close();

    default Server coordinator() {
        return servers().getFirst();
    }

    default List<Server> workers() {
        return servers().subList(1, servers().size());
    }
}
