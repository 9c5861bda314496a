package io.freshet.ivm.rules;

import io.freshet.planner.catalog.TableName;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;

/**
 * The delta of a plan between the stream table's cut and the cut of the transaction that evaluates it, when {@code changed} are the
 * sources with change rows. Terms that read the delta of any other source don't exist.
 *
 * <p>Notation in the rules: R' is the live table (the new state), dR its change rows, R = R' - dR the old state; all are Z-sets.
 */
public final class Differentiator {
    private final Set<TableName> changed;

    public Differentiator(Set<TableName> changed) {
        this.changed = Set.copyOf(changed);
    }

    /** Whether a rule for this operator exists; says nothing about its inputs. */
    public static boolean hasRule(RelNode operator) {
        return switch (operator) {
            case TableScan scan -> true;
            case Values values -> true;
            case Filter filter -> true;
            case Project project -> !project.containsOver();
            case Union union -> union.all;
            case Join join -> join.getJoinType() == JoinRelType.INNER;
            default -> false;
        };
    }

    /** How many terms the delta has when all sources have changed; at most {@link Integer#MAX_VALUE}. */
    public static long terms(RelNode plan) {
        if (plan instanceof TableScan) {
            return 1;
        }
        long terms = 0;
        for (RelNode input : plan.getInputs()) {
            long inside = terms(input);
            terms += plan instanceof Join ? inside + terms * inside : inside;
            terms = Math.min(terms, Integer.MAX_VALUE);
        }
        return terms;
    }

    /** The delta of a plan of which every operator {@linkplain #hasRule has a rule}. */
    public Delta delta(RelNode plan) {
        if (!hasRule(plan)) {
            throw new IllegalArgumentException("no delta rule for " + plan.getRelTypeName());
        }
        return switch (plan) {
            case TableScan scan -> DifferentiateScan.apply(scan, changed);
            case Values values -> Delta.none();
            case Filter filter -> DifferentiateFilter.apply(filter, delta(filter.getInput()));
            case Project project -> DifferentiateProject.apply(project, delta(project.getInput()));
            case Union union -> DifferentiateUnionAll.apply(deltas(union));
            case Join join -> DifferentiateInnerJoin.apply(join, delta(join.getLeft()), delta(join.getRight()));
            default -> throw new IllegalArgumentException("no delta rule for " + plan.getRelTypeName());
        };
    }

    private List<Delta> deltas(RelNode operator) {
        return operator.getInputs().stream().map(this::delta).toList();
    }
}
