package io.freshet.ivm;

import io.freshet.planner.catalog.TableName;
import java.util.List;
import java.util.Set;

/**
 * The statements that move a stream table from the cut it is at to the cut of the transaction they run in, in their order, given that
 * exactly the sources in {@code changed} have change rows after the stream table's epoch.
 */
public record DeltaProgram(Set<TableName> changed, List<Step> steps) {
    public DeltaProgram {
        changed = Set.copyOf(changed);
        steps = List.copyOf(steps);
    }
}
