package io.freshet.runtime.capture.pgoutput;

import java.util.List;

/**
 * A message of {@code pgoutput}, with streaming of transactions in progress off: the changes of a transaction come in one piece, between
 * {@link Begin} and {@link Commit} or between {@link BeginPrepare} and {@link Prepare}. Transaction ids are the 32-bit ones, unsigned; times are not kept.
 */
public sealed interface PgOutputMessage {

    /** @param commitLsn where the commit record starts */
    record Begin(long commitLsn, int xid) implements PgOutputMessage {
    }

    /**
     * @param commitLsn where the commit record starts
     * @param endLsn the first byte after it
     */
    record Commit(long commitLsn, long endLsn) implements PgOutputMessage {
    }

    /** @param prepareLsn where the prepare record starts */
    record BeginPrepare(long prepareLsn, long endLsn, int xid, String gid) implements PgOutputMessage {
    }

    /** @param endLsn the first byte after the prepare record */
    record Prepare(long prepareLsn, long endLsn, int xid, String gid) implements PgOutputMessage {
    }

    /**
     * The server sends it also when the transaction's changes were confirmed, and so not sent, before.
     *
     * @param commitLsn where the commit record starts
     */
    record CommitPrepared(long commitLsn, long endLsn, int xid, String gid) implements PgOutputMessage {
    }

    /** @param endLsn the first byte after the record of the rollback */
    record RollbackPrepared(long prepareEndLsn, long endLsn, int xid, String gid) implements PgOutputMessage {
    }

    /**
     * How the relation looks from here on; it is sent before the first change and again after each DDL, in the transaction that needs it.
     *
     * @param identity PostgreSQL's {@code relreplident}
     * @param columns without dropped and generated ones, in the order of the tuples' fields
     */
    record Relation(int oid, String schema, String name, char identity, List<RelationColumn> columns) implements PgOutputMessage {
        /** {@code REPLICA IDENTITY FULL}. */
        public static final char IDENTITY_FULL = 'f';
    }

    /**
     * A column of a {@link Relation}.
     *
     * @param type the type's oid, on the node that sends
     * @param modifier {@code atttypmod}
     */
    record RelationColumn(String name, int type, int modifier) {
    }

    /** A type that is not built in; sent before the relation that has a column of it. */
    record Type(int oid, String schema, String name) implements PgOutputMessage {
    }

    /** @param relation the oid of a {@link Relation} that was sent before */
    record Insert(int relation, WireTuple row) implements PgOutputMessage {
    }

    record Update(int relation, OldRow old, WireTuple row) implements PgOutputMessage {
    }

    record Delete(int relation, OldRow old) implements PgOutputMessage {
    }

    record Truncate(List<Integer> relations) implements PgOutputMessage {
    }

    /**
     * What {@code pg_logical_emit_message} wrote.
     *
     * @param scope whether it belongs to the transaction around it or was sent at once
     * @param lsn the first byte after the record
     */
    record Message(Scope scope, long lsn, String prefix, byte[] content) implements PgOutputMessage {
        /** What a message belongs to. */
        public enum Scope {
            TRANSACTION,
            NONE
        }
    }

    /** The replication origin of the transaction around it. */
    record Origin(long lsn, String name) implements PgOutputMessage {
    }

    /** What the WAL held of a row's version before an UPDATE or DELETE. */
    sealed interface OldRow {
        /** Nothing: an UPDATE that changed no key column of a table whose identity is not FULL. */
        record None() implements OldRow {
        }

        /** The columns of the replica identity; the others are sent as NULL. */
        record Key(WireTuple row) implements OldRow {
        }

        /** All columns. */
        record Full(WireTuple row) implements OldRow {
        }
    }
}
