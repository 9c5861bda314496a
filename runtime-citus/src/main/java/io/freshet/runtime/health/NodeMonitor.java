package io.freshet.runtime.health;

import io.freshet.runtime.capture.StreamStatus;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every node about once a second, and at once when a stream breaks or comes back, and writes what it sees into the coordinator's
 * catalog. It has sessions and threads of its own and bounds every wait: a node that does not answer delays the others' rows by seconds at most,
 * and no epoch ever waits for it. Whatever fails here is tried again at the next look.
 */
public final class NodeMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMonitor.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    /** How often the streams, which are in this process, are asked. */
    private static final Duration BETWEEN_GLANCES = Duration.ofMillis(200);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** After so many looks in a row without an answer no new epoch should need the node. */
    private static final int SILENT = 2;

    private final Connections connections;
    private final Watched watched;
    private final HealthSettings settings;
    private final ScheduledExecutorService ticker = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("freshet-health").daemon().factory());
    private final ExecutorService asking = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("freshet-health-", 1).factory());
    private final Map<Node, NodeProbe> probes = new HashMap<>();
    private final Map<Node, Integer> failures = new HashMap<>();
    private Optional<Connection> coordinator = Optional.empty();
    private Map<Node, Boolean> lastRead = Map.of();
    private long lastLook = System.nanoTime();
    private boolean failing;
    private Map<Node, Integer> unanswered = Map.of();
    private volatile Set<Node> answering = Set.of();
    private volatile Map<Node, String> silent = Map.of();

    /** What of the daemon is looked at. Its methods are called on the monitor's thread. */
    public interface Watched {
        /** Why the node is not being read, as far as it is known; empty when it need not be. */
        Optional<String> whyUnread(Node node);

        /** How the node's stream is doing; empty when it is not read. */
        Optional<StreamStatus> stream(Node node);

        EpochFailures epochFailures();

        /** These nodes have not answered for {@link HealthSettings#retryTicks} looks in a row; called after each look that finds some. */
        void fellSilent(Set<Node> nodes);
    }

    private NodeMonitor(Connections connections, Watched watched, HealthSettings settings) {
        this.connections = connections;
        this.watched = watched;
        this.settings = settings;
    }

    /** Begins with a look. The schema must be installed. */
    public static NodeMonitor start(Connections connections, Watched watched, HealthSettings settings) {
        NodeMonitor monitor = new NodeMonitor(connections, watched, settings);
        monitor.ticker.execute(monitor::look);
        monitor.ticker.scheduleWithFixedDelay(monitor::glance, BETWEEN_GLANCES.toMillis(), BETWEEN_GLANCES.toMillis(),
                TimeUnit.MILLISECONDS);
        return monitor;
    }

    /** Whether the node has answered when it was last looked at. Safe to call from any thread. */
    public boolean answers(Node node) {
        return answering.contains(node);
    }

    /** The nodes that have not answered when they were last looked at, nor the time before, and why. Safe to call from any thread. */
    public Map<Node, String> silent() {
        return silent;
    }

    private void glance() {
        try {
            if (System.nanoTime() - lastLook >= BETWEEN_LOOKS.toNanos() || !lastRead.equals(read(lastRead.keySet()))) {
                look();
            }
        } catch (RuntimeException e) {
            // A periodic task that throws is never run again.
            LOG.error("a defect of the monitor", e);
        }
    }

    private Map<Node, Boolean> read(Set<Node> nodes) {
        Map<Node, Boolean> read = new HashMap<>();
        nodes.forEach(node -> read.put(node, watched.stream(node).filter(s -> s.failure().isEmpty()).isPresent()));
        return read;
    }

    private void look() {
        try {
            // Before anything can fail: a failed look is repeated after a second, not after each glance.
            lastRead = read(lastRead.keySet());
            Connection connection = connection();
            List<Node> nodes = Topology.nodes(connection, connections.url());
            lastRead = read(Set.copyOf(nodes));
            List<NodeState> states = ask(nodes);
            hear(states);
            write(connection, states);
            if (failing) {
                LOG.info("the state of the nodes is written again");
            }
            failing = false;
        } catch (SQLException | RuntimeException e) {
            drop();
            if (!failing && !ticker.isShutdown()) {
                LOG.warn("the state of the nodes cannot be written, it is tried again: {}", e.getMessage());
            }
            failing = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lastLook = System.nanoTime();
        }
    }

    private void hear(List<NodeState> states) {
        Map<Node, Integer> looks = new HashMap<>();
        Map<Node, String> reasons = new HashMap<>();
        for (NodeState state : states) {
            if (state.answer().isEmpty()) {
                looks.put(state.node(), unanswered.getOrDefault(state.node(), 0) + 1);
                reasons.put(state.node(), "does not answer (" + state.error().orElse("") + ")");
            }
        }
        unanswered = looks;
        reasons.keySet().removeIf(node -> looks.get(node) < SILENT);
        // Whoever finds that a node answers again does not find it silent any more.
        silent = Map.copyOf(reasons);
        answering = states.stream().map(NodeState::node).filter(n -> !looks.containsKey(n)).collect(Collectors.toSet());
        Set<Node> lost = looks.keySet().stream().filter(n -> looks.get(n) >= settings.retryTicks()).collect(Collectors.toSet());
        if (!lost.isEmpty()) {
            watched.fellSilent(lost);
        }
    }

    /** All nodes at the same time. */
    private List<NodeState> ask(List<Node> nodes) throws InterruptedException {
        for (Node gone : Set.copyOf(probes.keySet())) {
            if (!nodes.contains(gone)) {
                probes.remove(gone).close();
                failures.remove(gone);
            }
        }
        List<Future<NodeState>> answers = new ArrayList<>();
        for (Node node : nodes) {
            NodeProbe probe = probes.computeIfAbsent(node, n -> new NodeProbe(connections, n, settings.slot()));
            answers.add(asking.submit(() -> ask(probe)));
        }
        List<NodeState> states = new ArrayList<>();
        for (Future<NodeState> answer : answers) {
            try {
                states.add(answer.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return states;
    }

    private NodeState ask(NodeProbe probe) {
        Node node = probe.node();
        try {
            NodeState.Answer answer = probe.ask();
            Optional<StreamStatus> stream = watched.stream(node);
            return new NodeState(node, Optional.of(answer), stream, error(node, answer, stream));
        } catch (SQLException e) {
            return new NodeState(node, Optional.empty(), watched.stream(node), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private Optional<String> error(Node node, NodeState.Answer answer, Optional<StreamStatus> stream) {
        if (stream.isPresent()) {
            return stream.get().failure();
        }
        Optional<String> why = watched.whyUnread(node);
        return why.isPresent() || answer.slot().isPresent()
                ? watched.epochFailures().of(node).or(() -> why).or(() -> Optional.of("its slot is not dropped yet"))
                : Optional.empty();
    }

    private void write(Connection connection, List<NodeState> states) throws SQLException {
        for (NodeState state : states) {
            HealthStore.save(connection, state, settings.slot());
            HealthStore.saveCapture(connection, state.node().groupId(),
                    connections.access(state.node()).capture());
            count(state);
        }
        HealthStore.retain(connection, states.stream().map(s -> s.node().groupId()).toList());
        HealthStore.save(connection, watched.epochFailures());
        connection.commit();
    }

    private void count(NodeState state) {
        int inARow = state.isWell() ? 0 : failures.getOrDefault(state.node(), 0) + 1;
        Integer before = failures.put(state.node(), inARow);
        if (inARow == settings.retryTicks()) {
            LOG.warn("{} has not been read for {} looks in a row: {}", state.node(), inARow, state.error().orElse(""));
        } else if (state.isRead() && before != null && before >= settings.retryTicks()) {
            LOG.info("{} is read again", state.node());
        }
    }

    private Connection connection() throws SQLException {
        if (coordinator.isEmpty()) {
            Connection fresh = connections.coordinator(LIMIT);
            coordinator = Optional.of(fresh);
            fresh.setAutoCommit(false);
            HealthStore.save(fresh, settings);
            fresh.commit();
        }
        return coordinator.get();
    }

    private void drop() {
        coordinator.ifPresent(connection -> {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("closing the monitor's session", e);
            }
        });
        coordinator = Optional.empty();
    }

    /** Ends the look that is under way. What was written stays: it says when a daemon was last seen. */
    @Override
    public void close() throws InterruptedException {
        ticker.shutdownNow();
        asking.shutdown();
        ticker.awaitTermination(LIMIT.toMillis() * 2, TimeUnit.MILLISECONDS);
        asking.awaitTermination(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        probes.values().forEach(NodeProbe::close);
        drop();
    }
}
