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
    private Set<Integer> layouts = Set.of();
    private Set<TableName> truncated = Set.of();
    private Map<TableName, FreshetException> problems = Map.of();
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
        if (!layouts.contains(layout)) {
            layouts = with(layouts, layout);
        }
        changes++;
    }

    void truncated(TableName table) {
        truncated = with(truncated, table);
        changes++;
    }

    void problem(TableName table, FreshetException problem) {
        if (!problems.containsKey(table)) {
            Map<TableName, FreshetException> more = new HashMap<>(problems);
            more.put(table, problem);
            problems = Map.copyOf(more);
        }
        changes++;
    }

    /** Copies are made rarely, and many transactions wait at a time: most have one layout and nothing else. */
    private static <T> Set<T> with(Set<T> set, T element) {
        Set<T> more = new HashSet<>(set);
        more.add(element);
        return Set.copyOf(more);
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
