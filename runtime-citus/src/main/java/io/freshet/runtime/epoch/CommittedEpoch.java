package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.NodeChanges;
import java.time.Duration;
import java.util.Collection;

/**
 * An epoch that is durable, and its figures.
 *
 * @param changes of sources, before they were netted
 * @param rows change rows written
 * @param torn how many cuts were given up because they saw a distributed transaction in part
 */
public record CommittedEpoch(long epoch, Cut cut, long changes, long rows, Duration duration,
        int torn) {

    static long countChanges(Collection<NodeChanges> taken) {
        return taken.stream().mapToLong(NodeChanges::changes).sum();
    }
}
