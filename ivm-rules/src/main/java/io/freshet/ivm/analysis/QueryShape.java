package io.freshet.ivm.analysis;

import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rex.RexNode;

/** The shapes of query that there are delta programs for. */
public sealed interface QueryShape {

    /** The part whose delta the rules give: everything below an aggregate, or the whole query. */
    RelNode linearPart();

    /** Scans, filters, projections, UNION ALL and inner joins only. */
    record Linear(RelNode plan) implements QueryShape {
        @Override
        public RelNode linearPart() {
            return plan;
        }
    }

    /**
     * One aggregate over a linear part; DISTINCT is one without functions.
     *
     * @param outputs the query's columns, over the aggregate's row
     * @param having over the aggregate's row; empty when every group is shown
     */
    record Grouped(Aggregate aggregate, List<RexNode> outputs, List<String> names,
            Optional<RexNode> having) implements QueryShape {
        public Grouped {
            outputs = List.copyOf(outputs);
            names = List.copyOf(names);
        }

        @Override
        public RelNode linearPart() {
            return aggregate.getInput();
        }

        /** Whether there is exactly one row, always: an aggregate without GROUP BY. */
        public boolean isGlobal() {
            return aggregate.getGroupCount() == 0;
        }
    }
}
