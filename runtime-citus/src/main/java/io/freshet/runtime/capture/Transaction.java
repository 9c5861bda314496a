package io.freshet.runtime.capture;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The changes of one transaction on one node. The stream's thread fills it; from {@link #finish} on it does not change.
 */
final class Transaction {
    private final int xid;
    private final long firstLsn;
    private final ChangeLog log;
    private final Set<Integer> layouts = new HashSet<>(2);
    private final Set<TableName> truncated = new HashSet<>(0);
    private final Map<TableName, FreshetException> problems = new HashMap<>(0);
    private long changes;

    /** @param firstLsn its commit record's LSN; for a transaction that is prepared first, its prepare record's */
    Transaction(int xid, long firstLsn, ChangeLog log) {
        this.xid = xid;
        this.firstLsn = firstLsn;
        this.log = log;
    }

    int xid() {
        return xid;
    }

    /** The slot must not be confirmed above this until an epoch has taken the transaction, or the server would not send it again. */
    long firstLsn() {
        return firstLsn;
    }

    ChangeLog log() {
        return log;
    }

    void changed(int layout) {
        layouts.add(layout);
        changes++;
    }

    void truncated(TableName table) {
        truncated.add(table);
        changes++;
    }

    void problem(TableName table, FreshetException problem) {
        problems.putIfAbsent(table, problem);
        changes++;
    }

    /** The numbers of the layouts that its rows have. */
    Set<Integer> layouts() {
        return layouts;
    }

    Set<TableName> truncated() {
        return truncated;
    }

    Map<TableName, FreshetException> problems() {
        return problems;
    }

    long changes() {
        return changes;
    }

    void finish() throws java.io.IOException {
        log.finish();
    }

    /** Whether it changed nothing that anybody reads. */
    boolean isEmpty() {
        return log.isEmpty() && truncated.isEmpty() && problems.isEmpty();
    }

    void release() {
        log.release();
    }
}
