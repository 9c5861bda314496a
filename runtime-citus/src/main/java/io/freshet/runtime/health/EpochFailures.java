package io.freshet.runtime.health;

import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.topology.Node;
import java.util.Optional;

/**
 * How the daemon's epochs fail.
 *
 * @param inARow since the last epoch that was committed; 0 when all is well
 * @param last why the last of them failed; empty when all is well
 */
public record EpochFailures(int inARow, Optional<Exception> last) {
    public static final EpochFailures NONE = new EpochFailures(0, Optional.empty());

    public EpochFailures and(Exception failure) {
        return new EpochFailures(inARow + 1, Optional.of(failure));
    }

    /** Why the last one failed, for those who may see the daemon's data. */
    Optional<String> message() {
        return last.map(e -> e.getMessage() == null ? e.toString() : e.getMessage());
    }

    /** What was wrong with this node's stream, if that made it fail. */
    Optional<String> of(Node node) {
        return last.filter(e -> e instanceof CaptureBrokenException broken && node.equals(broken.node()))
                .map(Exception::getMessage);
    }
}
