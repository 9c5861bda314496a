package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.sqlapi.Mailbox;
import io.freshet.runtime.store.StreamTableStore;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes are to be read: with stream tables all of them; without, the coordinator for as long as somebody asks for something; else none, so that an
 * idle daemon keeps no slot. Used by the loop's thread where nothing else is said.
 */
final class Demand {
    private static final Logger LOG = LoggerFactory.getLogger(Demand.class);

    private final Mailbox mailbox;
    private final Duration patience;
    private Optional<Long> unmetSince = Optional.empty();
    private volatile boolean isIdle;
    private volatile boolean isResting;
    private boolean servesNobody;

    /** @param patience how long those who ask wait for the coordinator to be read */
    Demand(Mailbox mailbox, Duration patience) {
        this.mailbox = mailbox;
        this.patience = patience;
    }

    /** Looks into the catalog, and whether anybody asks. */
    void look(Connection coordinator) throws SQLException {
        isIdle = !StreamTableStore.any(coordinator);
        servesNobody = !StreamTableStore.anyFilled(coordinator);
        boolean rested = isResting;
        isResting = isIdle && mailbox.shutUnlessWanted();
        if (isResting && !rested) {
            unmetSince = Optional.empty();
            LOG.info("there is no stream table: nothing is read until somebody asks");
        }
    }

    /** Safe to call from any thread. */
    boolean needs(Node node) {
        return node.isCoordinator() ? !isResting : !isIdle;
    }

    /** Whether there is no stream table. */
    boolean isIdle() {
        return isIdle;
    }

    /** Whether no node is needed. */
    boolean isResting() {
        return isResting;
    }

    /** Whether no stream table has content that waits to be refreshed while a slot is made. */
    boolean servesNobody() {
        return servesNobody;
    }

    /** How long the coordinator's slot may take to be made; empty for as long as it takes, while nobody can be waiting. */
    Optional<Duration> patience() {
        return mailbox.isOpen() ? Optional.empty() : Optional.of(patience);
    }

    /** Somebody asks the daemon directly. */
    void asked() {
        mailbox.asked();
    }

    /** Whether {@link #look} would find something else, as far as those who ask are concerned. */
    boolean hasChanged() {
        return isIdle && isResting == mailbox.isWanted();
    }

    /** The coordinator is read. */
    void met() {
        unmetSince = Optional.empty();
        mailbox.open();
    }

    /** The coordinator cannot be read, and has no slot. */
    void cannotBeMet() {
        mailbox.shut();
    }

    /**
     * Tells those who wait for the coordinator to be read why it is not: at once what somebody has to do something about, the rest, which may pass and is for
     * the log only, when they have waited for long.
     */
    void unmet(Exception failure) {
        try {
            if (mailbox.isOpen() || isResting && !mailbox.isWanted()) {
                return;
            }
            if (failure instanceof FreshetException why) {
                mailbox.refuse(why);
                return;
            }
            long since = unmetSince.orElseGet(System::nanoTime);
            unmetSince = Optional.of(since);
            if (System.nanoTime() - since >= patience.toNanos()) {
                unmetSince = Optional.empty();
                mailbox.refuse(FreshetException.of(ErrorCode.NODE_UNREACHABLE, "the daemon cannot read the coordinator")
                        .withHint("Its log and SELECT * FROM pgtrickle.health_check(); say why."));
            }
        } catch (FreshetException e) {
            LOG.debug("nobody can be told", e);
        }
    }
}
