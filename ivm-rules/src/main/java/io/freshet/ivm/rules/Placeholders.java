package io.freshet.ivm.rules;

import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rex.RexNode;

/** The numbers that a program gets when it runs, as they stand in plans. */
public final class Placeholders {
    /** The parameter that stands for the epoch the stream table is at. */
    public static final int FROM_EPOCH = 0;

    private Placeholders() {
    }

    static RexNode fromEpoch(RelOptCluster cluster) {
        return cluster.getRexBuilder().makeDynamicParam(Weights.epochType(cluster), FROM_EPOCH);
    }
}
