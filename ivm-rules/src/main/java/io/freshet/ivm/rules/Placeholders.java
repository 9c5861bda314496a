package io.freshet.ivm.rules;

import io.freshet.ivm.Step;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rex.RexNode;

/** The numbers that a program gets when it runs, as parameters of plans. */
public final class Placeholders {
    private static final int FROM_EPOCH = 0;

    private Placeholders() {
    }

    static RexNode fromEpoch(RelOptCluster cluster) {
        return cluster.getRexBuilder().makeDynamicParam(Weights.epochType(cluster), FROM_EPOCH);
    }

    /** The placeholder that a step has for the parameter of this number. */
    public static String text(int parameter) {
        if (parameter != FROM_EPOCH) {
            throw new IllegalArgumentException("no parameter " + parameter);
        }
        return Step.FROM_EPOCH;
    }
}
