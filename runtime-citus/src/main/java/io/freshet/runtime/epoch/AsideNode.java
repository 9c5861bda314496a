package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.NodeSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** One of the {@link NodesAside}: its snapshot, and its records of two-phase commits as of the snapshot and as of now. */
sealed interface AsideNode extends AutoCloseable {

    /** Takes the snapshot, writes the barrier behind it, and forgets the snapshot before. */
    PgSnapshot hold(Barrier barrier) throws SQLException;

    /**
     * Which records the snapshot sees.
     *
     * @param query yields one value
     * @return that, or all records there are, written the same
     */
    Optional<String> seen(String query) throws SQLException;

    /** The same of what is committed now; ends what holds the snapshot. */
    Optional<String> now(String query) throws SQLException;

    /** The snapshot is not needed any more. */
    void release() throws SQLException;

    @Override
    void close() throws SQLException;

    static AsideNode direct(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        return new Direct(connection);
    }

    private static String snapshotAnd(Barrier barrier, String more) {
        return "SELECT s.snapshot, " + barrier.sql() + more
                + " FROM (SELECT pg_current_snapshot()::text AS snapshot OFFSET 0) s";
    }

    /** A transaction on a connection of its own keeps the snapshot. */
    record Direct(Connection connection) implements AsideNode {
        @Override
        public PgSnapshot hold(Barrier barrier) throws SQLException {
            connection.rollback();
            return Jdbc.first(connection, snapshotAnd(barrier, ""), row -> PgSnapshot.parse(row.getString(1))).orElseThrow();
        }

        @Override
        public Optional<String> seen(String query) throws SQLException {
            return Jdbc.first(connection, query, row -> Optional.ofNullable(row.getString(1))).flatMap(found -> found);
        }

        @Override
        public Optional<String> now(String query) throws SQLException {
            connection.rollback();
            return seen(query);
        }

        @Override
        public void release() throws SQLException {
            connection.rollback();
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /**
     * By way of the coordinator each query has a transaction of its own. So the query that takes the snapshot brings all records with it: of one that
     * is gone later nobody could say whether it had been there. Citus removes them within a minute.
     */
    final class Indirect implements AsideNode {
        private final NodeSession session;
        private Optional<String> records = Optional.empty();

        Indirect(NodeSession session) {
            this.session = session;
        }

        @Override
        public PgSnapshot hold(Barrier barrier) throws SQLException {
            NodeSession.Row row = session.one(snapshotAnd(barrier, ", (" + InitiatorRecords.ALL + ")"));
            records = row.optional(3);
            return PgSnapshot.parse(row.text(1));
        }

        @Override
        public Optional<String> seen(String query) {
            return records;
        }

        @Override
        public Optional<String> now(String query) throws SQLException {
            return session.one(query).optional(1);
        }

        @Override
        public void release() {
            records = Optional.empty();
        }

        @Override
        public void close() throws SQLException {
            session.close();
        }
    }
}
