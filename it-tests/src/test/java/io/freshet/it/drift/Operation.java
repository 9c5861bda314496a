package io.freshet.it.drift;

import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an operator does to a cluster while others write: they can be in its way, and then it is tried again. */
final class Operation {
    /** Deadlock, serialization failure, lock timeout, object in use, object gone. */
    private static final List<String> CONFLICTS = List.of("40P01", "40001", "55P03", "55006", "42704");
    private static final int ATTEMPTS = 20;

    private Operation() {
    }

    /** Does it. If others are in the way each time, the last failure is the caller's. */
    static void perform(Database database, String sql) {
        tryTo(database, sql).ifPresent(failure -> {
            throw failure;
        });
    }

    /**
     * Does it, if others are not in the way each time.
     *
     * @param conflicts further SQLSTATEs that others may be the cause of
     * @return the last failure; empty when it is done
     */
    static Optional<SqlFailure> tryTo(Database database, String sql, String... conflicts) {
        Set<String> all = new HashSet<>(CONFLICTS);
        all.addAll(List.of(conflicts));
        for (int attempt = 1;; attempt++) {
            try {
                database.execute(sql);
                return Optional.empty();
            } catch (SqlFailure e) {
                // The message: of what an earlier move has left behind, and somebody still reads.
                if (!all.contains(e.state()) && !e.getMessage().contains("could not be cleaned up")) {
                    throw e;
                }
                if (attempt == ATTEMPTS) {
                    return Optional.of(e);
                }
            }
        }
    }
}
