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
                Expr exists = exists(left, right, join, scope);
                yield switch (join.getJoinType()) {
                    case SEMI -> left.withWhere(List.of(exists));
                    case ANTI -> left.withWhere(List.of(Subqueries.not(exists)));
                    default -> left.withFields(concat(left.fields(), List.of(mark(left, right, join, scope))));
                };
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

    private Expr exists(Block left, Block right, Join join, Scope scope) {
        Row row = pair(left, right, join.getVariablesSet(), scope);
        return Subqueries.exists(right.withWhere(plans.conditions(join.getCondition(), row)));
    }

    /**
     * The mark is TRUE when the condition holds for a row of the right side, else unknown when it is unknown for one, else FALSE. That is
     * IN; where the condition is not an equality, TRUE is looked for among its values.
     */
    private Expr mark(Block left, Block right, Join join, Scope scope) {
        Row row = pair(left, right, join.getVariablesSet(), scope);
        Expr condition = scalars.of(join.getCondition(), row);
        return new Expr.Builder().text("TRUE IN ").query(right.withFields(List.of(condition)).toStatement())
                .build(Precedence.MATCH);
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
            case SEMI -> left.withWhere(List.of(Subqueries.exists(right)));
            case ANTI -> left.withWhere(List.of(Subqueries.not(Subqueries.exists(right))));
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
