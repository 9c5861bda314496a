package io.freshet.runtime.daemon;

import io.freshet.errors.FreshetException;
import io.freshet.runtime.capture.Capture;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.capture.CaptureSettings;
import io.freshet.runtime.capture.NodeCapture;
import io.freshet.runtime.capture.PollingCapture;
import io.freshet.runtime.capture.StreamStatus;
import io.freshet.runtime.capture.StreamingCapture;
import io.freshet.runtime.epoch.EpochRunner;
import io.freshet.runtime.epoch.EpochSettings;
import io.freshet.runtime.health.EpochFailures;
import io.freshet.runtime.health.HealthSettings;
import io.freshet.runtime.health.NodeMonitor;
import io.freshet.runtime.lifecycle.Lifecycle;
import io.freshet.runtime.lifecycle.LiveCompilation;
import io.freshet.runtime.lifecycle.Publication;
import io.freshet.runtime.refresh.RefreshWork;
import io.freshet.runtime.refresh.Registry;
import io.freshet.runtime.service.StreamTableService;
import io.freshet.runtime.settings.Setting;
import io.freshet.runtime.settings.Settings;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.sqlapi.Mailbox;
import io.freshet.runtime.sqlapi.RequestChannel;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.WorkerAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the stream tables of one database fresh. One daemon serves a database at a time: a second one is refused, and if it were not, the
 * anchors would fence it.
 */
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final DaemonMetrics metrics = new DaemonMetrics();
    private final Registry registry = new Registry();
    private final DaemonConfig config;
    private Connections connections;
    private NodeStreams streams;
    private StreamTableService service;
    /** Whether this is the daemon that serves the database: only then are slots and publication its own to remove. */
    private boolean serving;

    private Daemon(DaemonConfig config) {
        this.config = config;
        this.connections = new Connections(config.url());
    }

    /**
     * Installs or migrates the schema {@code pgtrickle}, makes publication and slots, and begins. Returns when SQL functions are answered.
     *
     * @throws FreshetException NODE_UNREACHABLE, FENCED, WAL_LEVEL, CITUS_CDC_DISABLED, PREPARED_TRANSACTIONS_DISABLED, NO_FREE_SLOT and
     *         others, each with its cure
     */
    public static Daemon start(DaemonConfig config) {
        Daemon daemon = new Daemon(config);
        try {
            daemon.begin();
            return daemon;
        } catch (SQLException | CaptureBrokenException e) {
            daemon.close();
            throw Failures.describe(e);
        } catch (RuntimeException e) {
            daemon.close();
            throw e;
        }
    }

    private void begin() throws SQLException, CaptureBrokenException {
        Installer.Installation installation;
        Settings settings;
        try (Connection connection = connections.coordinator()) {
            installation = Installer.install(connection);
            settings = Settings.read(connection, config.flags());
        }
        // From here on no other daemon serves this database.
        Mailbox mailbox = Mailbox.claim(connections);
        parts.push(mailbox);
        Publication publication = new Publication(installation.id());
        WorkerAccess.Choice way = CaptureWay.choose(settings, connections);
        connections = connections.withWorkers(way.access());
        LOG.info("workers are captured by {}: {}", way.access().capture(), way.reason());
        NodeCapture capture = capture(captureSettings(publication, settings), settings.get(Setting.POLL_INTERVAL));
        parts.push(capture);
        Pace pace = Pace.of(settings);
        streams = new NodeStreams(connections, capture, publication, new Demand(mailbox, pace.creation()));
        streams.requireSettings();
        Lifecycle lifecycle = new Lifecycle(connections, registry, publication, new LiveCompilation(connections));
        EpochRunner runner = new EpochRunner(connections, streams.topology(), capture,
                EpochSettings.of(streams.slot(), settings));
        parts.push(runner);
        parts.push(lifecycle.watch());
        SourceWatch watch = new SourceWatch(connections, streams, lifecycle);
        parts.push(watch);
        EpochDriver driver = new EpochDriver(runner, watch, lifecycle, metrics);
        SourceFollower follower = new SourceFollower(connections, watch, driver,
                () -> new RefreshWork(registry, pace.refresh(), Set.of(), Set.of()));
        EpochLoop loop = new EpochLoop(lifecycle, capture, new AskedEpochs.Engine(driver, follower), pace);
        service = new QueuedService(loop, registry);
        RequestChannel channel = RequestChannel.open(mailbox, service);
        // The mailbox closes last: no other daemon looks at slots while this one removes them.
        parts.push(channel::stop);
        lifecycle.load();
        lifecycle.removeUnfinished();
        serving = true;
        capture.onRequest(channel::receive);
        driver.restore();
        channel.announce();
        Thread thread = Thread.ofPlatform().name("freshet-epochs").start(loop);
        parts.push(() -> {
            loop.stop();
            driver.stop();
            thread.join();
        });
        NodeMonitor monitor = NodeMonitor.start(connections, new Watched(capture, metrics, driver, streams),
                HealthSettings.of(streams.slot(), settings));
        streams.watch(monitor);
        parts.push(monitor);
        LOG.info("serving {} stream tables of {} on {} nodes", registry.all().size(), connections.url(),
                streams.topology().nodes().size());
    }

    private NodeCapture capture(CaptureSettings settings, Duration pollInterval) {
        return switch (connections.workers()) {
            case DIRECT -> new StreamingCapture(connections::openReplication, settings);
            case THROUGH_COORDINATOR -> new PollingCapture(connections, settings, pollInterval);
        };
    }

    /** One transaction may use a quarter of the memory, netting half. */
    private static CaptureSettings captureSettings(Publication publication, Settings settings) {
        long memory = settings.get(Setting.CAPTURE_MEMORY).bytes();
        return CaptureSettings.of(publication.name()).withMemory(memory / 4, memory, memory / 2);
    }

    private record Watched(NodeCapture capture, DaemonMetrics metrics, EpochDriver driver, NodeStreams streams)
            implements
                NodeMonitor.Watched {
        @Override
        public Optional<String> whyUnread(Node node) {
            return streams.whyUnread(node);
        }

        @Override
        public Optional<StreamStatus> stream(Node node) {
            return capture.status(node);
        }

        @Override
        public EpochFailures epochFailures() {
            return metrics.failing();
        }

        @Override
        public void fellSilent(Set<Node> nodes) {
            driver.fellSilent(nodes);
        }
    }

    public StreamTableService service() {
        return service;
    }

    public DaemonMetrics metrics() {
        return metrics;
    }

    /**
     * Ends in good order: the epoch that runs is finished. When there is no stream table any more, slots and publication go too, so that an
     * unused slot does not keep WAL.
     */
    @Override
    public void close() {
        boolean unused = serving && registry.all().isEmpty();
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            if (unused && part instanceof Capture) {
                quietly(streams::remove);
            }
            quietly(part);
        }
    }

    /** Whatever fails, the rest is closed, and the daemon ends. */
    private static void quietly(AutoCloseable action) {
        try {
            action.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("closing: {}", e.getMessage());
        }
    }
}
