package io.freshet.runtime.daemon;

import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Outage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The nodes that are out of use, and when each is worth another try. The loop's thread tries them, so it is spared those that do not answer: the
 * monitor, which has threads of its own, says when one answers again. Used by the loop's thread.
 */
final class Outages {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final int MOST_DOUBLINGS = 6;

    private final Map<Node, Known> known = new HashMap<>();
    private volatile Predicate<Node> answers = node -> false;
    private volatile Supplier<Map<Node, String>> silent = Map::of;

    /** @param attempts that have failed */
    private record Known(Outage outage, int attempts, long notBefore) {
    }

    /**
     * @param answering whether a node has answered when it was last looked at
     * @param fallenSilent the nodes that have not, more than once, and why
     */
    void watch(Predicate<Node> answering, Supplier<Map<Node, String>> fallenSilent) {
        answers = answering;
        silent = fallenSilent;
    }

    /**
     * The workers that are in use and have fallen silent: no connection has broken, and no answer comes. Whoever asks such a node through the
     * coordinator waits without an end.
     */
    Map<Node, String> silent() {
        Map<Node, String> nodes = new HashMap<>(silent.get());
        nodes.keySet().removeIf(node -> node.isCoordinator() || known.containsKey(node));
        return nodes;
    }

    /** Something could not be done with this node. */
    void failed(Node node, String reason) {
        put(so(node).because(reason), FIRST_PAUSE.multipliedBy(1L << Math.min(attempts(node), MOST_DOUBLINGS)));
    }

    /** Its slot waits for transactions to end. */
    void waits(Node node, String reason, Duration pause) {
        put(so(node).until(reason), pause);
    }

    /** How often something could not be done with the node since it was in use. */
    int attempts(Node node) {
        return known.containsKey(node) ? known.get(node).attempts() : 0;
    }

    private Outage so(Node node) {
        return known.containsKey(node) ? known.get(node).outage() : new Outage(node, Instant.now(), "");
    }

    private void put(Outage outage, Duration pause) {
        known.put(outage.node(), new Known(outage, attempts(outage.node()) + 1, System.nanoTime() + pause.toNanos()));
    }

    /** @return whether it was out of use */
    boolean ended(Node node) {
        return known.remove(node) != null;
    }

    void retain(Collection<Node> nodes) {
        known.keySet().retainAll(nodes);
    }

    Map<Node, Outage> all() {
        Map<Node, Outage> outages = new HashMap<>();
        known.forEach((node, k) -> outages.put(node, k.outage()));
        return outages;
    }

    /** Those that are not worth a try now. */
    Map<Node, Outage> lasting() {
        Map<Node, Outage> outages = all();
        outages.keySet().removeIf(this::isWorthATry);
        return outages;
    }

    boolean anyWorthATry() {
        return known.keySet().stream().anyMatch(this::isWorthATry);
    }

    private boolean isWorthATry(Node node) {
        return known.get(node).notBefore() - System.nanoTime() <= 0 && answers.test(node);
    }
}
