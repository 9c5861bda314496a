package io.freshet.runtime.coverage;

import io.freshet.planner.catalog.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The tables that the epochs of one stream table touch.
 *
 * @param sources captured or stream tables themselves: they are read; with each, the tables into which its changes are written
 * @param own its storage, which is written
 */
public record Needs(Map<TableName, Set<TableName>> sources, Set<TableName> own) {
    public Needs {
        Map<TableName, Set<TableName>> copy = new HashMap<>();
        sources.forEach((source, written) -> copy.put(source, Set.copyOf(written)));
        sources = Map.copyOf(copy);
        own = Set.copyOf(own);
    }

    public Set<TableName> tables() {
        Set<TableName> tables = new HashSet<>(own);
        sources.forEach((source, written) -> {
            tables.add(source);
            tables.addAll(written);
        });
        return tables;
    }
}
