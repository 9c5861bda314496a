package io.freshet.runtime.refresh;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The sources that nobody can empty or rewrite while the epoch lasts. TRUNCATE and an ALTER TABLE that rewrites do not keep old row versions: to a snapshot
 * that was taken before, the table looks empty afterwards. So an epoch holds, from before its snapshots on, the weakest lock, which waits for them and
 * keeps them waiting, and nobody else. On Citus the lock on the coordinator's table is enough: whichever node TRUNCATE or DDL runs on, it locks the
 * table there as well, until all nodes have committed.
 *
 * <p>Somebody who holds such a lock for long stops the stream tables that read the table, and no others.
 */
record SourceLocks(Set<TableName> missing) {
    static final SourceLocks NONE = new SourceLocks(Set.of());

    /** How long one locked source may hold up all stream tables, once in a while. */
    private static final String SHORT = "250ms";

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final List<String> NO_SUCH_TABLE = List.of("42P01", "3F000");
    /** Only tables can be locked, by those who may read them. */
    private static final List<String> NOT_LOCKABLE = List.of("42809", "42501");

    /**
     * Locks what can be locked. The transaction has no snapshot, and gets none.
     *
     * @param patiently waited for as long as the transaction's statements may wait
     * @param others waited for but a moment
     */
    static SourceLocks take(Connection connection, Set<TableName> patiently, Set<TableName> others) throws SQLException {
        // Citus would lock the table on every node, one after the other.
        Jdbc.execute(connection, "SET LOCAL citus.enable_ddl_propagation = off");
        Set<TableName> missing = new HashSet<>(lockEach(connection, patiently));
        if (!others.isEmpty() && !lock(connection, others, " NOWAIT")) {
            String patience = Jdbc.first(connection, "SHOW lock_timeout", row -> row.getString(1)).orElseThrow();
            Jdbc.execute(connection, "SET LOCAL lock_timeout = '" + SHORT + "'");
            missing.addAll(lockEach(connection, others));
            Jdbc.execute(connection, "SET LOCAL lock_timeout = '" + patience + "'");
        }
        Jdbc.execute(connection, "SET LOCAL citus.enable_ddl_propagation TO DEFAULT");
        return new SourceLocks(Set.copyOf(missing));
    }

    /** The first of these that could not be locked. */
    Optional<TableName> firstMissing(Collection<TableName> sources) {
        return sources.stream().filter(missing::contains).findFirst();
    }

    private static Set<TableName> lockEach(Connection connection, Collection<TableName> tables) throws SQLException {
        Set<TableName> missing = new HashSet<>();
        for (TableName each : tables) {
            if (!lock(connection, List.of(each), "")) {
                missing.add(each);
            }
        }
        return missing;
    }

    /** Whether none of them stays unlocked that could be locked. */
    private static boolean lock(Connection connection, Collection<TableName> tables, String how) throws SQLException {
        Savepoint savepoint = connection.setSavepoint();
        try {
            Jdbc.execute(connection,
                    "LOCK TABLE " + tables.stream().sorted().map(Quoting::table).collect(Collectors.joining(", "))
                            + " IN ACCESS SHARE MODE" + how);
            connection.releaseSavepoint(savepoint);
            return true;
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            boolean expected = LOCK_NOT_AVAILABLE.equals(state) || NO_SUCH_TABLE.contains(state) || NOT_LOCKABLE.contains(state);
            if (!expected) {
                throw e;
            }
            connection.rollback(savepoint);
            return tables.size() == 1 && NOT_LOCKABLE.contains(state);
        }
    }
}
