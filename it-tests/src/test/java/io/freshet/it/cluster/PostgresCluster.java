package io.freshet.it.cluster;

import java.util.List;
import java.util.Map;

/** One plain PostgreSQL 17 from the embedded binaries. */
public final class PostgresCluster implements Cluster {
    private final EmbeddedServer server;

    private PostgresCluster(EmbeddedServer server) {
        this.server = server;
    }

    /** @param overrides settings that differ from {@link Server#settings}, for instance {@code fsync} */
    public static PostgresCluster start(Map<String, String> overrides) {
        return new PostgresCluster(EmbeddedServer.start(Server.settings(overrides)));
    }

    @Override
    public List<Server> servers() {
        return List.of(server);
    }

    @Override
    public Database createDatabase(String prefix) {
        return Database.create(this, prefix);
    }

    @Override
    public void close() {
        server.close();
    }
}
