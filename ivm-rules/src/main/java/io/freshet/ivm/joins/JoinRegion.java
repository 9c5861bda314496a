package io.freshet.ivm.joins;

import io.freshet.planner.print.Quoting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;

/**
 * Inner joins flattened: {@code Project(outputs, Filter(conditions, inputs[0] x inputs[1] x ..))}. Columns are numbered through all inputs.
 *
 * @param inputs leaves of the plan
 * @param conditions conjuncts
 */
public record JoinRegion(List<RelNode> inputs, List<RexNode> conditions, List<RexNode> outputs) {
    /** Bytes of a name that leave room for a number. */
    private static final int LONGEST_NAME = 58;

    public JoinRegion {
        inputs = List.copyOf(inputs);
        conditions = List.copyOf(conditions);
        outputs = List.copyOf(outputs);
    }

    /**
     * The regions whose UNION ALL a linear plan is. Joins and UNION ALL distribute: (A + B) x C = A x C + B x C, also for bags; filters and
     * projections are applied to rows of the product, which is what they mean.
     */
    public static List<JoinRegion> of(RelNode linear) {
        return switch (linear) {
            case Filter filter -> of(filter.getInput()).stream()
                    .map(r -> new JoinRegion(r.inputs, concat(r.conditions, r.over(conjuncts(filter.getCondition()))), r.outputs))
                    .toList();
            case Project project -> of(project.getInput()).stream()
                    .map(r -> new JoinRegion(r.inputs, r.conditions, r.over(project.getProjects()))).toList();
            case Union union -> union.getInputs().stream().flatMap(input -> of(input).stream()).toList();
            case Join join -> of(join.getLeft()).stream()
                    .flatMap(left -> of(join.getRight()).stream().map(right -> product(left, right, join.getCondition())))
                    .toList();
            default -> List.of(new JoinRegion(List.of(linear), List.of(),
                    linear.getRowType().getFieldList().stream().map(JoinRegion::reference).toList()));
        };
    }

    private static JoinRegion product(JoinRegion left, JoinRegion right, RexNode condition) {
        int width = left.width();
        JoinRegion product = new JoinRegion(concat(left.inputs, right.inputs),
                concat(left.conditions, shifted(right.conditions, width)), concat(left.outputs, shifted(right.outputs, width)));
        return new JoinRegion(product.inputs, concat(product.conditions, product.over(conjuncts(condition))), product.outputs);
    }

    /** Expressions over the outputs, written over the columns. */
    private List<RexNode> over(List<RexNode> expressions) {
        return new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return outputs.get(reference.getIndex());
            }
        }.visitList(expressions);
    }

    private static List<RexNode> shifted(List<RexNode> expressions, int by) {
        return new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return new RexInputRef(reference.getIndex() + by, reference.getType());
            }
        }.visitList(expressions);
    }

    private static List<RexNode> conjuncts(RexNode condition) {
        return RelOptUtil.conjunctions(condition);
    }

    private static RexNode reference(RelDataTypeField field) {
        return new RexInputRef(field.getIndex(), field.getType());
    }

    /** How many columns there are. */
    public int width() {
        return offset(inputs.size());
    }

    /** The number of an input's first column. */
    public int offset(int input) {
        return inputs.subList(0, input).stream().mapToInt(i -> i.getRowType().getFieldCount()).sum();
    }

    /** The numbers of an input's columns. */
    public List<Integer> columnsOf(int input) {
        return IntStream.range(offset(input), offset(input + 1)).boxed().toList();
    }

    /** A column as its input has it. */
    public RelDataTypeField field(int column) {
        int left = column;
        for (RelNode input : inputs) {
            int width = input.getRowType().getFieldCount();
            if (left < width) {
                return input.getRowType().getFieldList().get(left);
            }
            left -= width;
        }
        throw new IndexOutOfBoundsException(column);
    }

    /** The input that has a column. */
    public int inputOf(int column) {
        return IntStream.range(0, inputs.size()).filter(i -> offset(i + 1) > column).findFirst().orElseThrow();
    }

    /** A column as an expression. */
    public RexNode reference(int column) {
        return new RexInputRef(column, field(column).getType());
    }

    /** The columns that an expression reads, in their order. */
    public static Set<Integer> columnsIn(RexNode expression) {
        Set<Integer> columns = new TreeSet<>();
        expression.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitInputRef(RexInputRef reference) {
                columns.add(reference.getIndex());
                return null;
            }
        });
        return columns;
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** The conditions that can be told when an input joins those that have the columns {@code joined}, and could not before. */
    public List<RexNode> conditionsOf(Set<Integer> joined, int input) {
        Set<Integer> both = new TreeSet<>(joined);
        both.addAll(columnsOf(input));
        return conditions.stream().filter(c -> both.containsAll(columnsIn(c)))
                .filter(c -> joined.isEmpty() || !joined.containsAll(columnsIn(c))).toList();
    }

    /** Those of the joined columns that outputs or later conditions read, in their order. */
    public List<Integer> neededLater(Set<Integer> joined) {
        Set<Integer> needed = new TreeSet<>();
        outputs.forEach(o -> needed.addAll(columnsIn(o)));
        conditions.stream().map(JoinRegion::columnsIn).filter(c -> !joined.containsAll(c)).forEach(needed::addAll);
        needed.retainAll(joined);
        return List.copyOf(needed);
    }

    /** A name for each column, none twice and none of {@code taken}. */
    public List<String> names(Set<String> taken) {
        Set<String> used = new HashSet<>(taken);
        List<String> names = new ArrayList<>();
        for (int column = 0; column < width(); column++) {
            names.add(unused(field(column).getName(), used));
        }
        return names;
    }

    /** The name, with a number if it is used; then used. */
    public static String unused(String name, Set<String> used) {
        String free = name;
        for (int i = 2; !used.add(free); i++) {
            free = Quoting.clip(name, LONGEST_NAME) + '_' + i;
        }
        return free;
    }

    /** How many inputs the largest region of a linear plan has. */
    public static int largest(List<JoinRegion> regions) {
        return regions.stream().mapToInt(r -> r.inputs.size()).max().orElse(0);
    }
}
