package io.freshet.it.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A Citus coordinator and its workers, from an installation or from containers. {@code -Dfreshet.capture=polling} has the daemons of every test capture the
 * workers' changes through the coordinator.
 */
public final class CitusCluster implements Cluster {
    private final List<Server> servers;

    private CitusCluster(List<Server> servers) {
        this.servers = List.copyOf(servers);
    }

    static CitusCluster startInstalled(CitusInstallation installation, int workers, Map<String, String> overrides) {
        Map<String, String> settings = settings(overrides);
        return start(workers, () -> InstalledServer.start(installation, settings));
    }

    static CitusCluster startContainers(int workers, Map<String, String> overrides) {
        Map<String, String> settings = settings(overrides);
        return start(workers, () -> ContainerServer.start(settings));
    }

    private static Map<String, String> settings(Map<String, String> overrides) {
        Map<String, String> settings = new TreeMap<>(Map.of("shared_preload_libraries", "citus",
                "citus.enable_change_data_capture", "on",
                // Enough to have several on each worker; each statement of a test visits all of them.
                "citus.shard_count", "8"));
        settings.putAll(overrides);
        return Server.settings(settings);
    }

    private static CitusCluster start(int workers, Callable<Server> starter) {
        List<Server> started = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Server>> starting = new ArrayList<>();
            for (int i = 0; i <= workers; i++) {
                starting.add(threads.submit(starter));
            }
            for (Future<Server> server : starting) {
                started.add(server.get());
            }
            return new CitusCluster(started);
        } catch (ExecutionException | InterruptedException e) {
            started.forEach(Server::close);
            throw new IllegalStateException("the Citus cluster does not start", e);
        }
    }

    @Override
    public List<Server> servers() {
        return servers;
    }

    @Override
    public Database createDatabase(String prefix) {
        Database database = Database.create(this, prefix);
        for (Server server : servers) {
            database.on(server).execute("CREATE EXTENSION citus");
        }
        database.execute("SELECT citus_set_coordinator_host('%s', %d)".formatted(Server.HOST, coordinator().port()));
        for (Server worker : workers()) {
            database.execute("SELECT citus_add_node('%s', %d)".formatted(Server.HOST, worker.port()));
        }
        Optional.ofNullable(System.getProperty("freshet.capture")).ifPresent(database::captureBy);
        return database;
    }

    @Override
    public void close() {
        servers.forEach(Server::close);
    }
}
