package io.freshet.ivm.analysis;

import io.freshet.errors.SourcePosition;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.rules.Differentiator;
import io.freshet.planner.SyntaxPart;
import io.freshet.planner.functions.PgFunction;
import io.freshet.planner.functions.PgSyntax;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexVisitorImpl;

/** Names the operators of a plan that have no delta rule, in the words of SQL, with what to write instead. */
final class MissingRules {
    /** Collations that every server has and that are deterministic. */
    private static final Pattern DETERMINISTIC = Pattern
            .compile("(pg_catalog\\.)?(\"?(default|ucs_basic)\"?|\"(C|POSIX|[\\w-]+-x-icu)\")");

    /** Those of ten tables: their SQL is two megabytes. */
    private static final int MOST_TERMS = (1 << 10) - 1;

    private final Function<SyntaxPart, Optional<SourcePosition>> positions;

    /** @param positions where the first part of a kind stands in the query */
    MissingRules(Function<SyntaxPart, Optional<SourcePosition>> positions) {
        this.positions = positions;
    }

    /** A reason for each operator at or below {@code node} that has no rule; every kind once. */
    List<FullRefreshReason> below(RelNode node) {
        Set<FullRefreshReason> reasons = new LinkedHashSet<>();
        collect(node, reasons);
        if (hasLargeJoin(node)) {
            reasons.add(new FullRefreshReason("join of many tables",
                    "The delta of the join has more than " + MOST_TERMS + " terms when all its tables change at once.",
                    Optional.of("Join some of the tables in a stream table of their own."), Optional.empty()));
        }
        return List.copyOf(reasons);
    }

    private static boolean hasLargeJoin(RelNode node) {
        return node instanceof Join && Differentiator.terms(node) > MOST_TERMS
                || node.getInputs().stream().anyMatch(MissingRules::hasLargeJoin);
    }

    /** GROUPING SETS and its short forms, which the shape finder meets. */
    FullRefreshReason groupingSets() {
        return reason("GROUPING SETS, ROLLUP or CUBE", "Groups of several grouping sets have no delta rule yet.",
                "Write one stream table for each grouping set.", SyntaxPart.GROUPING_SETS);
    }

    private FullRefreshReason reason(String operator, String message, String hint, SyntaxPart part) {
        return new FullRefreshReason(operator, message, Optional.of(hint), positions.apply(part));
    }

    private void collect(RelNode node, Set<FullRefreshReason> reasons) {
        List<FullRefreshReason> inExpressions = ofExpressions(node);
        reasons.addAll(inExpressions);
        if (inExpressions.isEmpty() && !Differentiator.hasRule(node)) {
            reasons.add(ofOperator(node));
        }
        node.getInputs().forEach(input -> collect(input, reasons));
    }

    /** Reasons in the expressions of this operator itself. */
    List<FullRefreshReason> ofExpressions(RelNode node) {
        return switch (node) {
            case Project project -> inAll(project.getProjects());
            case Filter filter -> inAll(List.of(filter.getCondition()));
            case Join join -> inAll(List.of(join.getCondition()));
            default -> List.of();
        };
    }

    private List<FullRefreshReason> inAll(List<RexNode> expressions) {
        Set<FullRefreshReason> reasons = new LinkedHashSet<>();
        RexVisitorImpl<Void> visitor = new RexVisitorImpl<>(true) {
            @Override
            public Void visitOver(RexOver over) {
                reasons.add(windowFunction());
                return super.visitOver(over);
            }

            @Override
            public Void visitSubQuery(RexSubQuery query) {
                reasons.add(ofSubQuery(query));
                return super.visitSubQuery(query);
            }

            @Override
            public Void visitCall(RexCall call) {
                if (PgFunction.called(call).filter(f -> f.nature().returnsSet()).isPresent()) {
                    reasons.add(setReturningFunction());
                }
                PgSyntax.of(call).filter(MissingRules::mayEquateDifferentStrings)
                        .ifPresent(syntax -> reasons.add(collation(syntax)));
                return super.visitCall(call);
            }
        };
        visitor.visitEach(expressions);
        return new ArrayList<>(reasons);
    }

    private FullRefreshReason ofSubQuery(RexSubQuery query) {
        return switch (query.getKind()) {
            case EXISTS, IN, SOME -> semiJoin();
            default -> reason("scalar subquery", "A subquery inside an expression has no delta rule yet.",
                    "Join with the subquery's tables and group, or make the subquery a stream table of its own.",
                    SyntaxPart.SUBQUERY_EXPRESSION);
        };
    }

    private FullRefreshReason ofOperator(RelNode node) {
        return switch (node) {
            case Join join -> ofJoin(join);
            case Aggregate aggregate ->
                reason(aggregate.getAggCallList().isEmpty() ? "DISTINCT below other operators" : "nested aggregate",
                        "Only the outermost GROUP BY or DISTINCT of a query has a delta rule.",
                        "Make the inner query a stream table of its own and select from it.",
                        aggregate.getAggCallList().isEmpty() ? SyntaxPart.DISTINCT : SyntaxPart.AGGREGATE);
            case Union union ->
                reason("UNION below other operators", "Only an outermost UNION has a delta rule; UNION ALL has one everywhere.",
                        "Write UNION ALL where there are no duplicates, or make the UNION a stream table of its own.",
                        SyntaxPart.UNION);
            case Sort sort -> reason("LIMIT or OFFSET", "The first rows of an order have no delta rule yet.",
                    "Leave LIMIT out of the stream table and write it in the query that reads it.", SyntaxPart.LIMIT);
            case Window window -> windowFunction();
            case Project project -> windowFunction();
            case Intersect intersect -> reason("INTERSECT", "INTERSECT has no delta rule yet.",
                    "Write a join on all columns with DISTINCT.", SyntaxPart.INTERSECT);
            case Minus minus -> reason("EXCEPT", "EXCEPT has no delta rule yet.",
                    "Keep both sides as stream tables and write EXCEPT in the query that reads them.", SyntaxPart.EXCEPT);
            case Correlate correlate -> reason("LATERAL", "A subquery that depends on the row beside it has no delta rule yet.",
                    "Write it as a join.", SyntaxPart.LATERAL);
            case RepeatUnion recursion -> reason("WITH RECURSIVE", "Recursive queries have no delta rule yet.",
                    "Refresh it in full, on a schedule that suits its cost.", SyntaxPart.RECURSION);
            case TableFunctionScan function -> setReturningFunction();
            default ->
                new FullRefreshReason(node.getRelTypeName(), "The operator " + node.getRelTypeName() + " has no delta rule yet.",
                        Optional.empty(), Optional.empty());
        };
    }

    private FullRefreshReason ofJoin(Join join) {
        return switch (join.getJoinType()) {
            case LEFT, ASOF, LEFT_ASOF -> outerJoin("LEFT JOIN", SyntaxPart.LEFT_JOIN);
            case RIGHT -> outerJoin("RIGHT JOIN", SyntaxPart.RIGHT_JOIN);
            case FULL -> outerJoin("FULL JOIN", SyntaxPart.FULL_JOIN);
            case SEMI -> semiJoin();
            case ANTI -> reason("NOT EXISTS", "NOT EXISTS has no delta rule yet.",
                    "Keep both sides as stream tables and write NOT EXISTS in the query that reads them.",
                    SyntaxPart.SUBQUERY_EXPRESSION);
            case LEFT_MARK -> reason("subquery in a condition", "IN and EXISTS inside OR or NOT have no delta rule yet.",
                    "Write a join with DISTINCT.", SyntaxPart.SUBQUERY_EXPRESSION);
            case INNER -> throw new IllegalStateException("inner joins have a rule");
        };
    }

    private FullRefreshReason outerJoin(String operator, SyntaxPart part) {
        return reason(operator, "Outer joins have no delta rule yet.",
                "Write an inner join when rows without a partner are not needed.", part);
    }

    private FullRefreshReason semiJoin() {
        return reason("EXISTS or IN (subquery)", "Semi-joins have no delta rule yet.",
                "Write an inner join when the subquery's rows are unique, else one with SELECT DISTINCT.",
                SyntaxPart.SUBQUERY_EXPRESSION);
    }

    private FullRefreshReason windowFunction() {
        return reason("window function", "Window functions have no delta rule yet.",
                "Leave the window function out of the stream table and write it in the query that reads it.",
                SyntaxPart.WINDOW_FUNCTION);
    }

    private static boolean mayEquateDifferentStrings(PgSyntax syntax) {
        return syntax.construct() == PgSyntax.Construct.COLLATE && !DETERMINISTIC.matcher(syntax.argument()).matches();
    }

    private static FullRefreshReason collation(PgSyntax syntax) {
        return new FullRefreshReason("COLLATE " + syntax.argument(),
                "The collation may not be deterministic: different strings can be equal.",
                Optional.of("Write COLLATE in the query that reads the stream table."), Optional.empty());
    }

    private FullRefreshReason setReturningFunction() {
        return reason("set-returning function", "Functions that return sets have no delta rule yet.",
                "Call the function in the query that reads the stream table.", SyntaxPart.TABLE_FUNCTION);
    }
}
