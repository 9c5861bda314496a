package io.freshet.planner.analyze;

import org.apache.calcite.plan.Contexts;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.tools.RelBuilderFactory;

/** Calcite's builder with everything off that would change a plan; its rules must be given it, or they take one that simplifies. */
public final class PlainRelBuilder {
    public static final RelBuilder.Config CONFIG = RelBuilder.Config.DEFAULT.withSimplify(false).withSimplifyLimit(false)
            .withSimplifyValues(false).withPruneInputOfAggregate(false).withPushJoinCondition(false)
            .withDedupAggregateCalls(false)
            .withAggregateUnique(false).withBloat(-1).withConvertCorrelateToJoin(false);
    public static final RelBuilderFactory FACTORY = RelBuilder.proto(Contexts.of(CONFIG));

    private PlainRelBuilder() {
    }
}
