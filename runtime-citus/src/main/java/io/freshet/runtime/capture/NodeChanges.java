package io.freshet.runtime.capture;

import io.freshet.planner.catalog.TableName;
import java.util.Map;
import java.util.Set;

/**
 * What one node adds to an epoch.
 *
 * @param rows per source its net change rows; a source whose changes cancel out has none
 * @param truncated the sources that were truncated: their stream tables are refreshed in full
 * @param transactions how many transactions with a change of a source
 * @param changes how many changes, before they were netted
 */
public record NodeChanges(Map<TableName, ChangeRows> rows, Set<TableName> truncated, long transactions, long changes) {
    public boolean isEmpty() {
        return rows.isEmpty() && truncated.isEmpty();
    }
}
