package io.freshet.ivm.program;

import io.freshet.planner.catalog.Placement;
import java.util.function.Function;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;

/** How the rows of a linear plan come together. */
public sealed interface Gathering {

    /** They meet where they lie: one statement evaluates the plan. */
    record InPlace() implements Gathering {
    }

    /**
     * Some joins are not co-located: rows move before they meet, in steps.
     *
     * @param placements where the sources lie
     */
    record Moving(Function<TableScan, Placement> placements) implements Gathering {

        /** What is no source, like the keys of groups, lies beside nothing. */
        Placement placementOf(RelNode input) {
            return input instanceof TableScan scan ? placements.apply(scan) : new Placement.Local();
        }

        /**
         * The plan in a form that Citus evaluates whatever its joins are; the plan itself where Citus can repartition its tables. Only for a first
         * populate and for verification: whole tables move.
         */
        public RelNode whole(RelNode linear, PlanText text) {
            return FencedPlan.of(linear, this, text);
        }
    }
}
