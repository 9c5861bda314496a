package io.freshet.it.cluster;

import java.util.Map;
import java.util.TreeMap;

/** One running PostgreSQL server on the loopback interface, with trust authentication for the superuser {@code postgres}. */
public sealed interface Server extends AutoCloseable permits EmbeddedServer, InstalledServer, ContainerServer {
    String HOST = "127.0.0.1";
    String SUPERUSER = "postgres";

    int port();

    /** Kills the postmaster with SIGKILL and returns when it is gone; its backends notice and leave. */
    void kill();

    /** Starts the killed server again, on the same port and data; returns when it accepts connections. */
    void restart();

    /** Kills it, keeps a copy of its data without the slots, as a backup does, and starts it again. Only for a server of an installation. */
    default void save() {
        throw new UnsupportedOperationException();
    }

    /** Kills it, and starts it with the data that were saved. */
    default void restore() {
        throw new UnsupportedOperationException();
    }

    /** Stops it in good order, as for maintenance: sessions end, capture is told. Only for a server of an installation; {@link #restart()} starts it again. */
    default void shutDown() {
        throw new UnsupportedOperationException();
    }

    /** Stops all of its processes where they are, as when its machine is suspended: connections stay open, and nothing answers. */
    void freeze();

    /** Lets a frozen server go on. Does nothing to one that is not frozen. */
    void thaw();

    /** Stops the server and removes its data. */
    @Override
    void close();

    /** What logical capture needs of a server, overridden by {@code overrides}. */
    static Map<String, String> settings(Map<String, String> overrides) {
        Map<String, String> settings = new TreeMap<>(Map.of("wal_level", "logical", "max_wal_senders", "30",
                "max_replication_slots", "30", "max_prepared_transactions", "200", "max_connections", "200",
                "max_worker_processes", "40", "listen_addresses", HOST, "fsync", "off"));
        // The embedded server's default is off, and a kill loses what was committed last.
        settings.put("synchronous_commit", "on");
        // Random writers wait for each other in circles: they should not wait long.
        settings.put("deadlock_timeout", "50ms");
        settings.putAll(overrides);
        return settings;
    }
}
