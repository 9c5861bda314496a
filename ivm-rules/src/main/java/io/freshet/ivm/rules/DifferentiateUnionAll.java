package io.freshet.ivm.rules;

import java.util.List;

/**
 * d(R + S) = dR + dS: UNION ALL adds Z-sets.
 *
 * <pre>
 * Union(all)          the terms of dR and of dS
 *   R
 *   S
 * </pre>
 *
 * Each term lies where its branch lies.
 */
final class DifferentiateUnionAll {
    private DifferentiateUnionAll() {
    }

    static Delta apply(List<Delta> inputs) {
        return inputs.stream().reduce(Delta.none(), Delta::plus);
    }
}
