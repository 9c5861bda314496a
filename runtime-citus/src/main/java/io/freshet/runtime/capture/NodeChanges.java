package io.freshet.runtime.capture;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one node adds to an epoch.
 *
 * @param rows per source its net change rows; a source whose changes cancel out has none, nor has one of {@code truncated}
 * @param truncated the sources whose changes cannot be given as rows: their stream tables are refreshed in full. They were truncated, or
 *     {@code problems} says why
 * @param problems why changes of a source could not be understood, with what cures it: it has not REPLICA IDENTITY FULL, or a type that
 *     cannot be sent in binary. Every one of these sources is in {@code truncated}, so that nothing wrong is ever written
 * @param doubts why the node can have no changes of a source, although its stream showed some. These sources, too, are in {@code truncated}
 * @param transactions how many transactions with a change of a source
 * @param changes how many changes, before they were netted
 */
public record NodeChanges(Map<TableName, ChangeRows> rows, Set<TableName> truncated, Map<TableName, FreshetException> problems,
        Map<TableName, String> doubts, long transactions, long changes) {
    public NodeChanges {
        rows = Map.copyOf(rows);
        truncated = Set.copyOf(truncated);
        problems = Map.copyOf(problems);
        doubts = Map.copyOf(doubts);
    }

    /** The sources that the node shows as changed, other than by TRUNCATE, which any node may run. */
    public Set<TableName> changed() {
        Set<TableName> changed = new HashSet<>(rows.keySet());
        changed.addAll(problems.keySet());
        return changed;
    }

    /** The same, if what the node shows of these sources cannot be theirs. */
    public NodeChanges doubting(Map<TableName, String> reasons) {
        if (reasons.isEmpty()) {
            return this;
        }
        Map<TableName, ChangeRows> otherRows = new HashMap<>(rows);
        otherRows.keySet().removeAll(reasons.keySet());
        Map<TableName, FreshetException> otherProblems = new HashMap<>(problems);
        otherProblems.keySet().removeAll(reasons.keySet());
        Set<TableName> inFull = new HashSet<>(truncated);
        inFull.addAll(reasons.keySet());
        return new NodeChanges(otherRows, inFull, otherProblems, reasons, transactions, changes);
    }

    public boolean isEmpty() {
        return rows.isEmpty() && truncated.isEmpty();
    }
}
