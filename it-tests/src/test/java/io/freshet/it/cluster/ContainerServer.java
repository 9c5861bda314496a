package io.freshet.it.cluster;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * A Citus server in a container. It shares the host's network, so that one address of a worker is right for the coordinator and for the
 * tests; that needs Docker on Linux.
 */
final class ContainerServer implements Server {
    /** The image can be another: {@code -Dfreshet.citusImage=..}. */
    private static final String IMAGE = System.getProperty("freshet.citusImage", "citusdata/citus:13.2.0");
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    private final GenericContainer<?> container;
    private final int port;
    private boolean frozen;

    private ContainerServer(GenericContainer<?> container, int port) {
        this.container = container;
        this.port = port;
    }

    /** Whether a Docker daemon answers. */
    static boolean isPossible() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @SuppressWarnings("resource") // The container is closed with the server.
    static ContainerServer start(Map<String, String> settings) {
        int port = Ports.free();
        List<String> command = new ArrayList<>(List.of("postgres", "-p", Integer.toString(port)));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        GenericContainer<?> container = new GenericContainer<>(IMAGE).withNetworkMode("host")
                .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust").withCommand(command.toArray(String[]::new));
        container.start();
        ContainerServer server = new ContainerServer(container, port);
        Running.add(server);
        server.awaitConnections();
        return server;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void kill() {
        container.getDockerClient().killContainerCmd(container.getContainerId()).withSignal("KILL").exec();
    }

    @Override
    public void freeze() {
        frozen = true;
        container.getDockerClient().pauseContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void thaw() {
        if (frozen) {
            container.getDockerClient().unpauseContainerCmd(container.getContainerId()).exec();
            frozen = false;
        }
    }

    @Override
    public void restart() {
        container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
        awaitConnections();
    }

    private void awaitConnections() {
        Instant limit = Instant.now().plus(START_LIMIT);
        while (true) {
            try {
                DriverManager.getConnection(Database.url(this, "postgres")).close();
                return;
            } catch (SQLException e) {
                if (Instant.now().isAfter(limit)) {
                    throw new IllegalStateException("no server on port " + port + " of " + container, e);
                }
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() {
        thaw();
        Running.remove(this);
        container.stop();
    }
}
