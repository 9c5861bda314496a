package io.freshet.planner.normalise;

import org.apache.calcite.rel.RelNode;

/** Questions about plans. */
final class Plans {
    private Plans() {
    }

    static boolean contains(RelNode plan, Class<? extends RelNode> kind) {
        return kind.isInstance(plan) || plan.getInputs().stream().anyMatch(i -> contains(i, kind));
    }
}
