package io.freshet.planner.print;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;

/** Questions about the plan's scalar expressions. */
final class Rex {
    private Rex() {
    }

    /** The operands of nested ANDs or ORs, in their order. Unlike Calcite's own, leaves nothing out that it thinks is always true. */
    static List<RexNode> flattened(RexNode node, SqlKind kind) {
        return node.getKind() == kind
                ? ((RexCall) node).getOperands().stream().flatMap(operand -> flattened(operand, kind).stream()).toList()
                : List.of(node);
    }

    /** What must hold for the condition to hold; nothing for TRUE. */
    static List<RexNode> conjuncts(RexNode condition) {
        return flattened(condition, SqlKind.AND).stream().filter(c -> !(c instanceof RexLiteral && c.isAlwaysTrue())).toList();
    }

    static boolean hasWindow(Collection<? extends RexNode> nodes) {
        return nodes.stream().anyMatch(RexOver::containsOver);
    }

    static boolean areColumns(Collection<? extends RexNode> nodes) {
        return nodes.stream().allMatch(RexInputRef.class::isInstance);
    }

    static Set<Integer> columnsOf(Collection<? extends RexNode> nodes) {
        Set<Integer> columns = new HashSet<>();
        RexShuttle collector = new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                columns.add(ref.getIndex());
                return ref;
            }
        };
        nodes.forEach(node -> node.accept(collector));
        return columns;
    }

    static Set<Integer> allColumns(RelNode rel) {
        return IntStream.range(0, rel.getRowType().getFieldCount()).boxed().collect(Collectors.toSet());
    }

    static boolean hasSubquery(Collection<? extends RexNode> nodes) {
        boolean[] found = {false};
        RexShuttle finder = new RexShuttle() {
            @Override
            public RexNode visitSubQuery(RexSubQuery query) {
                found[0] = true;
                return query;
            }
        };
        nodes.forEach(node -> node.accept(finder));
        return found[0];
    }

    /** The rows that queries inside these expressions may refer to. */
    static Set<CorrelationId> outerRows(Set<CorrelationId> declared, List<? extends RexNode> nodes) {
        return hasSubquery(nodes) ? declared : Set.of();
    }
}
