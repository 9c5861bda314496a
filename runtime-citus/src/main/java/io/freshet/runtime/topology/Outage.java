package io.freshet.runtime.topology;

import java.time.Instant;

/**
 * A node that cannot be used: it does not answer, or its changes cannot be read.
 *
 * @param since when that was first noticed
 * @param reason one line
 */
public record Outage(Node node, Instant since, String reason) {

    /** The same outage, as it looks now. */
    public Outage because(String now) {
        return new Outage(node, since, now);
    }
}
