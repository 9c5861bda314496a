package io.freshet.ivm.program;

import io.freshet.ivm.joins.Chain;
import io.freshet.ivm.joins.ChainPlanner;
import io.freshet.ivm.joins.JoinRegion;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalUnion;

/**
 * A linear plan over whole tables for joins that Citus has no plan for (on other conditions than equal columns of one type, or none): the rows so
 * far go to every node.
 */
final class FencedPlan {
    private FencedPlan() {
    }

    static RelNode of(RelNode linear, Gathering.Moving moving, PlanText text) {
        List<JoinRegion> regions = JoinRegion.of(linear);
        if (regions.stream().allMatch(r -> planner(r, moving).canBeRepartitioned())) {
            return linear;
        }
        List<String> names = linear.getRowType().getFieldNames();
        List<RelNode> branches = regions.stream().map(region -> {
            Chain chain = planner(region, moving).from(0);
            ChainWalk walk = new ChainWalk(region, chain, new Fences(text), input -> Optional.empty());
            return walk.from(ChainRows.of(region, 0, Optional.empty())).getFirst().rows().select(region.outputs(), names);
        }).toList();
        return branches.size() == 1 ? branches.getFirst() : LogicalUnion.create(branches, true);
    }

    private static ChainPlanner planner(JoinRegion region, Gathering.Moving moving) {
        return new ChainPlanner(region, moving::placementOf);
    }

    private record Fences(PlanText text) implements ChainWalk.Transfer {
        @Override
        public ChainRows move(Chain.Arrival arrival, List<ChainWalk.Variant> rows, List<Integer> needed) {
            return Fence.around(rows.stream().map(ChainWalk.Variant::rows).toList(), needed, text);
        }

        @Override
        public void met(int input) {
        }
    }
}
