package io.freshet.ivm.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.util.mapping.Mappings;

/**
 * d(A join B) = dA join B' + A' join dB - dA join dB, where ' is the new state. The join is bilinear: with A = A' - dA and B = B' - dB,
 * A' B' - A B = A' B' - (A' - dA)(B' - dB). Applied to nested joins this is, for n inputs, the sum over the non-empty sets S of changed
 * inputs of (-1)^(|S|+1) times the join of dR for R in S with R' for the others. A self join is no special case: its source stands at two
 * inputs, and both have changed. Only live tables and deltas are read; with one changed input a single term remains.
 *
 * <pre>
 * Join(c)          Project(a.., b.., weight)                    Project(a.., b.., -(weight of dA * weight of dB))
 *   A                Join(c)                                      Join(c)
 *   B                  dA, B'      and the same for A', dB          dA, dB
 * </pre>
 *
 * A row of a product has the product of its factors' weights. When A and B are joined on their common distribution column, so are all
 * terms: deltas lie beside their sources.
 */
final class DifferentiateInnerJoin {
    private DifferentiateInnerJoin() {
    }

    static Delta apply(Join join, Delta left, Delta right) {
        List<RelNode> terms = new ArrayList<>();
        left.terms().forEach(a -> terms.add(withLiveRight(join, a)));
        right.terms().forEach(b -> terms.add(withLiveLeft(join, b)));
        for (RelNode a : left.terms()) {
            for (RelNode b : right.terms()) {
                terms.add(ofDeltas(join, a, b));
            }
        }
        return new Delta(terms);
    }

    private static RelNode withLiveRight(Join join, RelNode left) {
        RelNode product = product(join, left, join.getRight(), 1);
        return term(join, product, 1, Weights.references(product, leftWidth(join), 1).getFirst());
    }

    private static RelNode withLiveLeft(Join join, RelNode right) {
        RelNode product = product(join, join.getLeft(), right, 0);
        return term(join, product, 0, Weights.references(product, leftWidth(join) + rightWidth(join), 1).getFirst());
    }

    private static RelNode ofDeltas(Join join, RelNode left, RelNode right) {
        RelNode product = product(join, left, right, 1);
        RexBuilder rex = join.getCluster().getRexBuilder();
        RexNode leftWeight = Weights.references(product, leftWidth(join), 1).getFirst();
        RexNode rightWeight = Weights.references(product, leftWidth(join) + 1 + rightWidth(join), 1).getFirst();
        return term(join, product, 1, Weights.negated(rex, Weights.product(rex, leftWeight, rightWeight)));
    }

    /** The join with other inputs; {@code gap} is how many columns the left one has more than the original. */
    private static RelNode product(Join join, RelNode left, RelNode right, int gap) {
        int leftWidth = leftWidth(join);
        int width = leftWidth + rightWidth(join);
        RexNode condition = RexUtil.apply(
                Mappings.target(i -> i < leftWidth ? i : i + gap, width, width + gap), join.getCondition());
        return LogicalJoin.create(left, right, List.of(), condition, Set.of(), JoinRelType.INNER);
    }

    private static RelNode term(Join join, RelNode product, int gap, RexNode weight) {
        List<RexNode> columns = new ArrayList<>(Weights.references(product, 0, leftWidth(join)));
        columns.addAll(Weights.references(product, leftWidth(join) + gap, rightWidth(join)));
        return Weights.project(product, columns, weight, join.getRowType().getFieldNames());
    }

    private static int leftWidth(Join join) {
        return join.getLeft().getRowType().getFieldCount();
    }

    private static int rightWidth(Join join) {
        return join.getRight().getRowType().getFieldCount();
    }
}
