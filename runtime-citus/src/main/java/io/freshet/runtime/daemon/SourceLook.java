package io.freshet.runtime.daemon;

import io.freshet.errors.FreshetException;
import io.freshet.runtime.lifecycle.DependencyWatch;
import io.freshet.runtime.lifecycle.Lifecycle;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the definitions of sources now and then: whoever changes one does not tell. Used by the loop's thread. */
final class SourceLook {
    private static final Logger LOG = LoggerFactory.getLogger(SourceLook.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final Lifecycle lifecycle;
    private final EpochDriver driver;
    private long lastLook = System.nanoTime();
    private long lastRetry = System.nanoTime();

    SourceLook(Lifecycle lifecycle, EpochDriver driver) {
        this.lifecycle = lifecycle;
        this.driver = driver;
    }

    void nowAndThen() {
        long now = System.nanoTime();
        if (now - lastLook < BETWEEN_LOOKS.toNanos()) {
            return;
        }
        lastLook = now;
        DependencyWatch.Effort effort = DependencyWatch.Effort.WHAT_HAS_CHANGED;
        if (now - lastRetry > RETRY.toNanos()) {
            lastRetry = now;
            effort = DependencyWatch.Effort.EVERYTHING;
        }
        try {
            if (lifecycle.watch().look(effort)) {
                driver.invalidate();
            }
        } catch (SQLException | FreshetException e) {
            LOG.warn("the sources cannot be looked at, it is tried again: {}", e.getMessage());
        }
    }

    /** An epoch has found that a source was altered: the next look is not put off. */
    void soon() {
        lastLook = System.nanoTime() - BETWEEN_LOOKS.toNanos();
    }
}
