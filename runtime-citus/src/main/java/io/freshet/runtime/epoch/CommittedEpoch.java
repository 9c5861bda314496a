package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.NodeChanges;
import java.time.Duration;
import java.util.Collection;

/** An epoch that is durable, and its figures. */
public record CommittedEpoch(long epoch, Cut cut, long changes, long rows, Duration duration) {

    static long countChanges(Collection<NodeChanges> taken) {
        return taken.stream().mapToLong(NodeChanges::changes).sum();
    }
}
