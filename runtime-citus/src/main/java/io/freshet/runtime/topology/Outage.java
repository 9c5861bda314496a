package io.freshet.runtime.topology;

import java.time.Instant;

/**
 * A node that cannot be used: it does not answer, or its changes cannot be read.
 *
 * @param since when that was first noticed
 * @param reason one line
 * @param passes whether the node is well and only has transactions open that its new slot waits for
 */
public record Outage(Node node, Instant since, String reason, boolean passes) {

    public Outage(Node node, Instant since, String reason) {
        this(node, since, reason, false);
    }

    /** The same outage, as it looks now. */
    public Outage because(String now) {
        return new Outage(node, since, now);
    }

    /** The same node, which will be usable when these transactions have ended. */
    public Outage until(String transactionsEnd) {
        return new Outage(node, since, transactionsEnd, true);
    }
}
