package io.freshet.ivm.rules;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.logical.LogicalFilter;

/**
 * d(filter(R)) = filter(dR): a filter looks at one row at a time, so it is linear in the weights.
 *
 * <pre>
 * Filter(c)          Filter(c)
 *   R                  dR
 * </pre>
 *
 * The term lies where its input lies.
 */
final class DifferentiateFilter {
    private DifferentiateFilter() {
    }

    static Delta apply(Filter filter, Delta input) {
        return new Delta(input.terms().stream()
                .<RelNode>map(term -> LogicalFilter.create(term, filter.getCondition())).toList());
    }
}
