package io.freshet.planner.normalise;

import io.freshet.planner.analyze.PlainRelBuilder;
import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.rules.CoreRules;

/** The steps of normalisation, in their order. */
public final class Normaliser {
    private static final List<RelOptRule> TIDY = List.of(plain(CoreRules.FILTER_MERGE), plain(CoreRules.PROJECT_MERGE),
            plain(CoreRules.PROJECT_REMOVE), plain(CoreRules.FILTER_PROJECT_TRANSPOSE), plain(CoreRules.FILTER_INTO_JOIN),
            plain(CoreRules.JOIN_CONDITION_PUSH));

    private Normaliser() {
    }

    public static RelNode normalise(RelNode plan) {
        return run(plan, TIDY);
    }

    private static RelNode run(RelNode plan, List<RelOptRule> rules) {
        HepProgramBuilder program = new HepProgramBuilder().addMatchOrder(HepMatchOrder.BOTTOM_UP);
        program.addRuleCollection(rules);
        HepPlanner planner = new HepPlanner(program.build());
        planner.setRoot(plan);
        return planner.findBestExp();
    }

    /** Calcite's rules simplify through their builder unless they are given another. */
    private static RelOptRule plain(RelRule<?> rule) {
        return rule.config.withRelBuilderFactory(PlainRelBuilder.FACTORY).toRule();
    }
}
