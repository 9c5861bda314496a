package io.freshet.planner.normalise;

import io.freshet.planner.analyze.PlainRelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Collect;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql2rel.TopDownGeneralDecorrelator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of normalisation, in their order. A step that fails, or changes the columns, is left out: what it was for stays as it was. */
public final class Normaliser {
    private static final Logger LOG = LoggerFactory.getLogger(Normaliser.class);

    private static final List<RelOptRule> TIDY = List.of(plain(CoreRules.FILTER_MERGE), plain(CoreRules.PROJECT_MERGE),
            plain(CoreRules.PROJECT_REMOVE), plain(CoreRules.FILTER_PROJECT_TRANSPOSE), plain(CoreRules.FILTER_INTO_JOIN),
            plain(CoreRules.JOIN_CONDITION_PUSH));
    private static final List<RelOptRule> SUBQUERIES_TO_JOINS = List.of(plain(CoreRules.FILTER_SUB_QUERY_TO_MARK_CORRELATE),
            plain(CoreRules.PROJECT_SUB_QUERY_TO_MARK_CORRELATE), plain(CoreRules.JOIN_SUB_QUERY_TO_CORRELATE));

    private Normaliser() {
    }

    /** The same rows in the same columns, with the same names. */
    public static RelNode normalise(RelNode plan) {
        RelNode current = step("semi-joins", plan, p -> p.accept(new SemiJoins()));
        current = step("sub-queries to joins", current, Normaliser::subqueriesToJoins);
        current = step("decorrelation", current, Normaliser::decorrelate);
        current = step("null-safe equality", current, p -> p.accept(new NullSafeEquality()));
        current = step("tidying", current, p -> run(p, TIDY));
        return named(current, plan.getRowType());
    }

    private static RelNode step(String name, RelNode plan, UnaryOperator<RelNode> rewrite) {
        try {
            RelNode rewritten = rewrite.apply(plan);
            if (RelOptUtil.areRowTypesEqual(rewritten.getRowType(), plan.getRowType(), false) || sameTypes(rewritten, plan)) {
                return rewritten;
            }
            LOG.debug("normalisation left out {}: columns became {}", name, rewritten.getRowType());
        } catch (RuntimeException | AssertionError e) {
            LOG.debug("normalisation left out {}", name, e);
        }
        return plan;
    }

    /** The same but for nullability, which some steps know less of. */
    private static boolean sameTypes(RelNode a, RelNode b) {
        List<RelDataType> types = new ArrayList<>();
        for (RelNode plan : List.of(a, b)) {
            types.add(plan.getCluster().getTypeFactory().createStructType(
                    plan.getRowType().getFieldList().stream()
                            .map(f -> plan.getCluster().getTypeFactory().createTypeWithNullability(f.getType(), true)).toList(),
                    plan.getRowType().getFieldList().stream().map(f -> "c" + f.getIndex()).toList()));
        }
        return types.get(0).equals(types.get(1));
    }

    private static RelNode decorrelate(RelNode plan) {
        if (!Plans.contains(plan, Correlate.class)) {
            return plan;
        }
        if (!Disguise.fits(plan)) {
            throw new UnsupportedOperationException("an aggregate whose value for no rows is not known");
        }
        RelNode decorrelated = TopDownGeneralDecorrelator.decorrelateQuery(Disguise.dress(plan),
                PlainRelBuilder.FACTORY.create(plan.getCluster(), null));
        return Disguise.undress(decorrelated);
    }

    /** All or none: what would check for a single row, or make an array of rows, has no text in SQL. */
    private static RelNode subqueriesToJoins(RelNode plan) {
        RelNode joined = decorrelate(run(plan, SUBQUERIES_TO_JOINS)).accept(new SingleValues());
        if (Plans.contains(joined, Collect.class) || SingleValues.areIn(joined)) {
            throw new UnsupportedOperationException("a sub-query that cannot become a join");
        }
        return joined;
    }

    private static RelNode named(RelNode plan, RelDataType row) {
        if (plan.getRowType().getFieldNames().equals(row.getFieldNames())) {
            return plan;
        }
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < row.getFieldCount(); i++) {
            columns.add(plan.getCluster().getRexBuilder().makeInputRef(plan, i));
        }
        return plan instanceof LogicalProject project
                ? LogicalProject.create(project.getInput(), List.of(), project.getProjects(), row.getFieldNames(),
                        project.getVariablesSet())
                : LogicalProject.create(plan, List.of(), columns, row.getFieldNames(), Set.of());
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
