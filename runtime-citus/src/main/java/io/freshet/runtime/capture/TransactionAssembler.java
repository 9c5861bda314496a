package io.freshet.runtime.capture;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Begin;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.BeginPrepare;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Commit;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.CommitPrepared;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Delete;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Insert;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Message;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.OldRow;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Origin;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Prepare;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Relation;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.RollbackPrepared;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Truncate;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Type;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Update;
import io.freshet.runtime.capture.pgoutput.WireTuple;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Puts the messages of one connection together to transactions. It starts with no transaction and no relation: the server announces both
 * anew on every connection. Used by the stream's thread only.
 */
final class TransactionAssembler {
    private static final String BARRIER_PREFIX = "freshet";
    private static final String REQUEST_PREFIX = "freshet.request";

    private final PendingTransactions pending;
    private final ChangeStore store;
    private final StreamEvents events;
    private final RelationCache relations;
    private State state = new Outside();

    TransactionAssembler(PendingTransactions pending, ChangeStore store, Layouts layouts, StreamEvents events) {
        this.pending = pending;
        this.store = store;
        this.events = events;
        this.relations = new RelationCache(layouts);
    }

    /** Where in the stream we are. */
    private sealed interface State {
    }

    private record Outside() implements State {
    }

    private record Inside(Transaction transaction) implements State {
    }

    /** In a transaction that an epoch has taken before. */
    private record Skipping() implements State {
    }

    boolean isOutside() {
        return state instanceof Outside;
    }

    /** Gives up what is half read. */
    void release() {
        if (state instanceof Inside inside) {
            inside.transaction().release();
        }
        state = new Outside();
    }

    void accept(PgOutputMessage message) throws IOException {
        switch (message) {
            case Insert m -> insert(m);
            case Update m -> update(m);
            case Delete m -> delete(m);
            case Truncate m -> truncate(m);
            case Begin m -> begin(m.xid(), m.commitLsn());
            case Commit m -> commit(m);
            case BeginPrepare m -> begin(m.xid(), m.prepareLsn());
            case Prepare m -> prepare(m);
            case CommitPrepared m -> {
                arrived(pending.commitPrepared(m.xid()));
                pending.received(m.endLsn());
            }
            case RollbackPrepared m -> {
                pending.rollbackPrepared(m.xid());
                pending.received(m.endLsn());
            }
            case Relation m -> relation(m);
            case Message m -> message(m);
            case Type m -> {
            }
            case Origin m -> {
            }
        }
    }

    private void begin(int xid, long firstLsn) {
        if (!isOutside()) {
            throw new IllegalArgumentException("a transaction begins within another one");
        }
        state = pending.isIngested(xid, firstLsn)
                ? new Skipping()
                : new Inside(new Transaction(xid, firstLsn, store.newLog()));
    }

    private void commit(Commit message) throws IOException {
        Optional<Transaction> transaction = end().filter(t -> !t.isEmpty());
        if (transaction.isPresent()) {
            arrived(pending.commit(transaction.get()));
        }
        pending.received(message.endLsn());
    }

    private void prepare(Prepare message) throws IOException {
        if (isOutside()) {
            // PostgreSQL 18 does not tell the beginning of a prepared transaction that has changed nothing.
            begin(message.xid(), message.prepareLsn());
        }
        end().ifPresent(t -> pending.prepare(t, message.gid()));
        pending.received(message.endLsn());
    }

    /** The transaction that ends here; empty when an epoch has taken it before. */
    private Optional<Transaction> end() throws IOException {
        State ended = state;
        state = new Outside();
        return switch (ended) {
            case Outside o -> throw new IllegalArgumentException("the end of a transaction that has not begun");
            case Skipping s -> Optional.empty();
            case Inside inside -> {
                inside.transaction().finish();
                yield Optional.of(inside.transaction());
            }
        };
    }

    private void arrived(boolean first) {
        if (first) {
            events.changed();
        }
    }

    private void message(Message message) {
        if (message.scope() == Message.Scope.TRANSACTION) {
            return;
        }
        switch (message.prefix()) {
            case BARRIER_PREFIX -> pending.barrier(new String(message.content(), StandardCharsets.UTF_8), new Lsn(message.lsn()));
            case REQUEST_PREFIX -> events.requested(message.content());
            default -> {
            }
        }
    }

    private void relation(Relation message) {
        Optional<FreshetException> problem = relations.announce(message);
        if (problem.isPresent()) {
            TableName table = new TableName(message.schema(), message.name());
            current().ifPresent(t -> t.problem(table, problem.get()));
        }
    }

    private void insert(Insert change) throws IOException {
        RelationCache.Known source = relations.ofChange(change.relation());
        Optional<Transaction> transaction = current();
        if (transaction.isPresent() && isWhole(transaction.get(), source, change.row())) {
            transaction.get().changed(source.layout());
            transaction.get().log().add(source.layout(), 1, change.row());
        }
    }

    private void update(Update change) throws IOException {
        RelationCache.Known source = relations.ofChange(change.relation());
        Optional<Transaction> transaction = current();
        if (transaction.isPresent()) {
            Optional<WireTuple> old = oldRow(transaction.get(), source, change.old());
            if (old.isPresent() && isBinary(transaction.get(), source, change.row())) {
                transaction.get().changed(source.layout());
                transaction.get().log().replace(source.layout(), old.get(), change.row());
            }
        }
    }

    private void delete(Delete change) throws IOException {
        RelationCache.Known source = relations.ofChange(change.relation());
        Optional<Transaction> transaction = current();
        if (transaction.isPresent()) {
            Optional<WireTuple> old = oldRow(transaction.get(), source, change.old());
            if (old.isPresent()) {
                transaction.get().changed(source.layout());
                transaction.get().log().add(source.layout(), -1, old.get());
            }
        }
    }

    private void truncate(Truncate change) {
        for (int oid : change.relations()) {
            TableName table = relations.ofTruncate(oid).table();
            current().ifPresent(t -> t.truncated(table));
        }
    }

    /** The transaction that we are in; empty when an epoch has taken it before. */
    private Optional<Transaction> current() {
        return switch (state) {
            case Outside o -> throw new IllegalArgumentException("a change outside a transaction");
            case Skipping s -> Optional.empty();
            case Inside inside -> Optional.of(inside.transaction());
        };
    }

    /** The whole old version of a row; empty when it is not there, which is then the source's problem. */
    private static Optional<WireTuple> oldRow(Transaction transaction, RelationCache.Known source, OldRow old) {
        Optional<TableName> partial = source.withoutFullIdentity();
        Optional<WireTuple> row = switch (old) {
            case OldRow.Full full -> Optional.of(full.row());
            case OldRow.Key key -> Optional.empty();
            case OldRow.None none -> Optional.empty();
        };
        if (partial.isPresent() || row.isEmpty()) {
            return withoutOldRow(transaction, source, partial.orElse(source.table()));
        }
        return row.filter(r -> isWhole(transaction, source, r));
    }

    private static Optional<WireTuple> withoutOldRow(Transaction transaction, RelationCache.Known source, TableName culprit) {
        transaction.problem(source.table(), FreshetException
                .of(ErrorCode.REPLICA_IDENTITY,
                        "a row of \"" + culprit + "\" was updated or deleted, and the WAL does not hold its old version")
                .withHint("ALTER TABLE " + Quoting.table(culprit) + " REPLICA IDENTITY FULL;"));
        return Optional.empty();
    }

    private static boolean isWhole(Transaction transaction, RelationCache.Known source, WireTuple row) {
        if (row.hasUnchanged()) {
            withoutOldRow(transaction, source, source.table());
            return false;
        }
        return isBinary(transaction, source, row);
    }

    /** A type without a send function comes as text, which COPY BINARY cannot take. */
    private static boolean isBinary(Transaction transaction, RelationCache.Known source, WireTuple row) {
        if (row.textColumn() < 0) {
            return true;
        }
        String column = source.relation().columns().get(row.textColumn()).name();
        transaction.problem(source.table(), FreshetException
                .of(ErrorCode.UNSUPPORTED_SOURCE,
                        "column \"" + column + "\" of \"" + source.table() + "\" has a type without a binary form")
                .withHint("Give the type a SEND and a RECEIVE function, or change the column to another type, for instance:"
                        + " ALTER TABLE " + Quoting.table(source.table()) + " ALTER COLUMN " + Quoting.identifier(column)
                        + " TYPE text;"));
        return false;
    }
}
