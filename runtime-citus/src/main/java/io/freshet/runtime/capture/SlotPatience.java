package io.freshet.runtime.capture;

import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A walsender, or a session, that has lost its client holds its slot until it notices. Whoever wants the slot tries again for a while. */
final class SlotPatience {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final String OBJECT_IN_USE = "55006";

    private SlotPatience() {
    }

    /** Something that needs a slot for itself. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws SQLException;
    }

    static <T> T whileInUse(Attempt<T> attempt) throws SQLException {
        return until(System.nanoTime() + LIMIT.toNanos(), attempt, e -> OBJECT_IN_USE.equals(e.getSQLState()));
    }

    /** In a session whose errors may have no SQLSTATE: the slot itself is asked. */
    static <T> T whileInUse(NodeSession session, String slot, Attempt<T> attempt) throws SQLException {
        return until(System.nanoTime() + LIMIT.toNanos(), attempt, e -> OBJECT_IN_USE.equals(e.getSQLState())
                || NodeSession.UNKNOWN_STATE.equals(e.getSQLState()) && isInUse(session, slot));
    }

    private static boolean isInUse(NodeSession session, String slot) {
        try {
            return Slots.state(session, slot).map(Slots.State::active).orElse(false);
        } catch (SQLException e) {
            return false;
        }
    }

    private static <T> T until(long deadline, Attempt<T> attempt, Predicate<SQLException> inUse) throws SQLException {
        while (true) {
            try {
                return attempt.run();
            } catch (SQLException e) {
                if (System.nanoTime() - deadline > 0 || !inUse.test(e)) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }
}
