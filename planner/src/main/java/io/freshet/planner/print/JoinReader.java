package io.freshet.planner.print;

import io.freshet.planner.print.Expr.Trait;
import io.freshet.planner.print.FromTree.Joined;
import io.freshet.planner.print.FromTree.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;

/** Reads joins. A derived table that reads the left side becomes LATERAL by itself, so {@code Correlate} is just a join here. */
final class JoinReader {
    private final PlanReader plans;
    private final Scalars scalars;

    JoinReader(PlanReader plans, Scalars scalars) {
        this.plans = plans;
        this.scalars = scalars;
    }

    Block join(Join join, Scope scope) {
        Block left = side(join.getLeft(), plans.block(join.getLeft(), scope));
        Block right = side(join.getRight(), plans.block(join.getRight(), scope));
        return switch (join.getJoinType()) {
            case SEMI, ANTI, LEFT_MARK -> {
                Row row = pair(left, right, join.getVariablesSet(), scope);
                yield matched(join.getJoinType(), left, right, join.getCondition(), row);
            }
            case INNER, LEFT, RIGHT, FULL -> inFrom(join, left, right, scope);
            case ASOF, LEFT_ASOF -> throw Unprintable.because("the join " + join.getJoinType());
        };
    }

    private Block inFrom(Join join, Block left, Block right, Scope scope) {
        Sides sides = Sides.of(join.getJoinType(), left, right, join.getLeft(), join.getRight());
        List<Expr> fields = concat(sides.left().fields(), sides.right().fields());
        Row row = new Row(fields, scope.with(join.getVariablesSet(), fields));
        return sides.joined(plans.conditions(join.getCondition(), row));
    }

    /** The left side, with what it finds on the right as a condition or as a column. */
    private Block matched(JoinRelType type, Block left, Block right, RexNode condition, Row row) {
        if (type == JoinRelType.LEFT_MARK) {
            return left.withFields(concat(left.fields(), List.of(mark(left, right, condition, row))));
        }
        Expr exists = Subqueries.exists(right.withWhere(plans.conditions(condition, row)));
        return left.withWhere(List.of(type == JoinRelType.SEMI ? exists : Subqueries.not(exists)));
    }

    /**
     * The mark is TRUE when the condition holds for a row of the right side, else unknown when it is unknown for one, else FALSE. That is
     * IN, for equalities of the two sides as written, else TRUE is looked for among the condition's values. A condition that is never
     * unknown makes it EXISTS.
     */
    private Expr mark(Block left, Block right, RexNode condition, Row row) {
        if (!condition.getType().isNullable()) {
            return Subqueries.exists(right.withWhere(plans.conditions(condition, row)));
        }
        List<RexNode> conjuncts = Rex.conjuncts(condition);
        int width = left.fields().size();
        if (conjuncts.stream().allMatch(conjunct -> isEquality(conjunct, width))) {
            List<Expr> sought = scalars.of(conjuncts.stream().map(c -> side(c, width, 0)).toList(), row);
            List<Expr> found = scalars.of(conjuncts.stream().map(c -> side(c, width, 1)).toList(), row);
            return Subqueries.in(sought, right.withFields(found).toStatement());
        }
        return Subqueries.in(List.of(Expr.atom("TRUE")), right.withFields(List.of(scalars.of(condition, row))).toStatement());
    }

    private static boolean isEquality(RexNode node, int leftWidth) {
        if (node.getKind() != SqlKind.EQUALS || Rex.hasSubquery(List.of(node))) {
            return false;
        }
        RexNode a = ((RexCall) node).getOperands().get(0);
        RexNode b = ((RexCall) node).getOperands().get(1);
        return (isLeft(a, leftWidth) && isRight(b, leftWidth)) || (isLeft(b, leftWidth) && isRight(a, leftWidth));
    }

    private static boolean isLeft(RexNode node, int width) {
        Set<Integer> columns = Rex.columnsOf(List.of(node));
        return !columns.isEmpty() && columns.stream().allMatch(c -> c < width);
    }

    private static boolean isRight(RexNode node, int width) {
        Set<Integer> columns = Rex.columnsOf(List.of(node));
        return !columns.isEmpty() && columns.stream().allMatch(c -> c >= width);
    }

    private static RexNode side(RexNode equality, int leftWidth, int side) {
        List<RexNode> operands = ((RexCall) equality).getOperands();
        boolean written = isLeft(operands.getFirst(), leftWidth);
        return operands.get(written ? side : 1 - side);
    }

    private static Row pair(Block left, Block right, Set<CorrelationId> ids, Scope scope) {
        List<Expr> fields = concat(left.fields(), right.fields());
        return new Row(fields, scope.with(ids, fields));
    }

    Block correlate(Correlate correlate, Scope scope) {
        Block left = side(correlate.getLeft(), plans.block(correlate.getLeft(), scope));
        Scope inner = scope.with(Set.of(correlate.getCorrelationId()), left.fields());
        Block right = plans.block(correlate.getRight(), inner);
        return switch (correlate.getJoinType()) {
            case SEMI, ANTI, LEFT_MARK -> {
                Block found = side(correlate.getRight(), right);
                Row row = pair(left, found, Set.of(), inner);
                yield matched(correlate.getJoinType(), left, found, correlate.getCondition(), row);
            }
            case INNER,
                    LEFT ->
                Sides.of(correlate.getJoinType(), left, side(correlate.getRight(), right), correlate.getLeft(),
                        correlate.getRight())
                        .joined(List.of());
            default -> throw Unprintable.because("the correlated join " + correlate.getJoinType());
        };
    }

    /** A side of a join: what is not row by row is computed in a derived table first. */
    private Block side(RelNode rel, Block block) {
        return block.isRowByRow() ? block : plans.derived(block, rel);
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** Two blocks whose FROM clauses can be joined. */
    private record Sides(JoinRelType type, Block left, Block right) {

        static Sides of(JoinRelType type, Block left, Block right, RelNode leftRel, RelNode rightRel) {
            boolean full = type == JoinRelType.FULL;
            Block l = type.generatesNullsOnLeft() ? nullable(left, leftRel, full) : present(left, leftRel);
            Block r = type.generatesNullsOnRight() ? nullable(right, rightRel, full) : present(right, rightRel);
            return new Sides(type, l, r);
        }

        /**
         * The side of an outer join that can be missing: its columns must then be NULL, so they must be columns, not expressions. Its WHERE
         * can become part of ON, except in a full join.
         */
        private static Block nullable(Block block, RelNode rel, boolean full) {
            boolean conditionsStay = block.where().isEmpty()
                    || (!full && block.where().stream().noneMatch(c -> c.has(Trait.QUERY)));
            if (block.from().isPresent() && block.hasOnlyColumns() && conditionsStay && block.comments().isEmpty()) {
                return block;
            }
            return block.strictlyDerived(rel.getRowType().getFieldNames());
        }

        private static Block present(Block block, RelNode rel) {
            return block.from().isPresent() ? block : block.derived(rel.getRowType().getFieldNames());
        }

        Block joined(List<Expr> conditions) {
            List<Expr> on = new ArrayList<>();
            List<Expr> where = new ArrayList<>();
            (type.generatesNullsOnLeft() ? on : where).addAll(left.where());
            (type.generatesNullsOnRight() ? on : where).addAll(right.where());
            on.addAll(0, conditions);
            FromTree tree = type == JoinRelType.INNER
                    ? InnerJoins.join(left.from().orElseThrow(), right.from().orElseThrow(), on)
                    : new Joined(left.from().orElseThrow(), kind(type), right.from().orElseThrow(), on);
            return Block.of(tree, concat(left.fields(), right.fields())).withWhere(where)
                    .withComments(concat(left.comments(), right.comments()));
        }

        private static Kind kind(JoinRelType type) {
            return switch (type) {
                case LEFT -> Kind.LEFT;
                case RIGHT -> Kind.RIGHT;
                case FULL -> Kind.FULL;
                default -> Kind.INNER;
            };
        }
    }

    /** Flattens inner joins. */
    private static final class InnerJoins {
        private InnerJoins() {
        }

        /** {@code left JOIN (a JOIN b ON q) ON p} as {@code left JOIN a ON .. JOIN b ON ..} where each join then has a condition. */
        static FromTree join(FromTree left, FromTree right, List<Expr> on) {
            return flattened(left, right, on).orElseGet(() -> new Joined(left, Kind.INNER, right, on));
        }

        private static Optional<FromTree> flattened(FromTree left, FromTree right, List<Expr> on) {
            List<FromTree> parts = new ArrayList<>();
            List<Expr> conditions = new ArrayList<>(on);
            if (!(right instanceof Joined) || !collect(right, parts, conditions)) {
                return Optional.empty();
            }
            Set<FromItem> seen = new HashSet<>();
            left.forEachItem(seen::add);
            FromTree tree = left;
            for (FromTree part : parts) {
                part.forEachItem(seen::add);
                Set<FromItem> known = Set.copyOf(seen);
                Set<FromItem> later = items(parts.subList(parts.indexOf(part) + 1, parts.size()));
                List<Expr> here = conditions.stream().filter(condition -> known.containsAll(own(condition, known, later)))
                        .toList();
                conditions.removeAll(here);
                if (here.isEmpty()) {
                    return Optional.empty();
                }
                tree = new Joined(tree, Kind.INNER, part, here);
            }
            return Optional.of(tree);
        }

        /** The items of this join that a condition names. */
        private static Set<FromItem> own(Expr condition, Set<FromItem> known, Set<FromItem> later) {
            Set<FromItem> own = new HashSet<>();
            condition.forEachColumn(column -> {
                if (known.contains(column.item()) || later.contains(column.item())) {
                    own.add(column.item());
                }
            });
            return own;
        }

        private static Set<FromItem> items(List<FromTree> trees) {
            Set<FromItem> items = new HashSet<>();
            trees.forEach(tree -> tree.forEachItem(items::add));
            return items;
        }

        private static boolean collect(FromTree tree, List<FromTree> parts, List<Expr> conditions) {
            if (!(tree instanceof Joined joined)) {
                parts.add(tree);
                return true;
            }
            if (joined.kind() != Kind.INNER || !collect(joined.left(), parts, conditions)) {
                return false;
            }
            conditions.addAll(joined.on());
            parts.add(joined.right());
            return true;
        }
    }

}
