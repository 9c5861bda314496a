package io.freshet.it.cluster;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The servers that nobody has closed yet; the end of the JVM closes them. */
final class Running {
    private static final Set<Server> SERVERS = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> SERVERS.parallelStream().forEach(Server::close), "stop-servers"));
    }

    private Running() {
    }

    static void add(Server server) {
        SERVERS.add(server);
    }

    static void remove(Server server) {
        SERVERS.remove(server);
    }
}
