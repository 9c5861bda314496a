package io.freshet.planner.print;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.core.CorrelationId;

/**
 * What can be named from outside of an operator.
 *
 * @param correlations the rows of enclosing operators, field by field
 * @param recursions the recursive queries that are being read, by the name of their table
 */
record Scope(Map<CorrelationId, List<Expr>> correlations, Map<String, List<String>> recursions) {
    static final Scope EMPTY = new Scope(Map.of(), Map.of());

    Scope with(Iterable<CorrelationId> ids, List<Expr> fields) {
        Map<CorrelationId, List<Expr>> more = new HashMap<>(correlations);
        ids.forEach(id -> more.put(id, fields));
        return new Scope(Map.copyOf(more), recursions);
    }

    Scope withRecursion(String table, List<String> columns) {
        Map<String, List<String>> more = new HashMap<>(recursions);
        more.put(table, columns);
        return new Scope(correlations, Map.copyOf(more));
    }

    Optional<List<Expr>> row(CorrelationId id) {
        return Optional.ofNullable(correlations.get(id));
    }
}
