package io.freshet.planner.analyze;

import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgTypes;
import io.freshet.planner.types.TypeCatalog;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;

/** The last step of typing: the left side of IN takes the column's type, whatever is still untyped is text. */
final class UntypedLiterals {
    private final Rex rex;
    private final TypeCatalog types;

    UntypedLiterals(Rex rex, TypeCatalog types) {
        this.rex = rex;
        this.types = types;
    }

    RelNode type(RelNode plan) {
        return plan.accept(new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
                return super.visit(other).accept(new Literals());
            }
        });
    }

    private final class Literals extends RexShuttle {
        @Override
        public RexNode visitLiteral(RexLiteral literal) {
            return rex.typed(literal, types.type(Oids.TEXT));
        }

        @Override
        public RexNode visitSubQuery(RexSubQuery query) {
            List<RexNode> operands = new ArrayList<>();
            for (int i = 0; i < query.getOperands().size(); i++) {
                RexNode operand = rex.typed(query.getOperands().get(i),
                        PgTypes.of(query.rel.getRowType().getFieldList().get(i).getType()));
                operands.add(operand.accept(this));
            }
            return query.clone(query.getType(), operands).clone(type(query.rel));
        }
    }
}
