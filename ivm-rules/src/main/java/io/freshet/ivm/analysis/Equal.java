package io.freshet.ivm.analysis;

import io.freshet.planner.types.PgTypes;
import java.util.List;
import java.util.stream.Stream;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;

/**
 * Two columns that a condition makes equal, the one further left first. They are of one type: {@code =} between types can make several
 * values equal to one, as double precision does with numeric.
 */
public record Equal(int left, int right) {

    /** Those of a condition's conjuncts. */
    public static List<Equal> in(RexNode condition) {
        return RelOptUtil.conjunctions(condition).stream().flatMap(Equal::of).toList();
    }

    private static Stream<Equal> of(RexNode conjunct) {
        if (conjunct.getKind() != SqlKind.EQUALS || !(conjunct instanceof RexCall call)) {
            return Stream.empty();
        }
        return call.getOperands().get(0) instanceof RexInputRef a && call.getOperands().get(1) instanceof RexInputRef b
                && isSame(a.getType(), b.getType())
                        ? Stream.of(new Equal(Math.min(a.getIndex(), b.getIndex()), Math.max(a.getIndex(), b.getIndex())))
                        : Stream.empty();
    }

    private static boolean isSame(RelDataType a, RelDataType b) {
        return !a.isStruct() && !b.isStruct() && PgTypes.of(a).oid() == PgTypes.of(b).oid();
    }
}
