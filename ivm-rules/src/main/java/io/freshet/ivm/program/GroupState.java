package io.freshet.ivm.program;

import io.freshet.ivm.analysis.AggregateRule;
import io.freshet.ivm.analysis.AggregateRule.Argument;
import io.freshet.ivm.analysis.AggregateRule.Summand;
import io.freshet.ivm.analysis.NeverNull;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.calcite.rel.core.Aggregate;

/**
 * What is kept for each group so that its aggregates can be told from it, each number once however many aggregates need it.
 *
 * @param inputs columns of the aggregate's input that the components read, named {@code __pgt_a1}..
 * @param components the first is the count of the group's rows
 * @param values of the aggregate calls
 */
record GroupState(List<Integer> inputs, List<Component> components, List<StaleSign> signs, List<Value> values) {
    /**
     * An aggregate call's value.
     *
     * @param sql over {@code kept}
     * @param component the one that is this value, in every group that has rows
     */
    record Value(String sql, Optional<Component> component) {
    }

    /** The prefix of the names of the input's columns. */
    private static final String INPUT = "__pgt_a";

    GroupState {
        inputs = List.copyOf(inputs);
        components = List.copyOf(components);
        signs = List.copyOf(signs);
        values = List.copyOf(values);
    }

    static GroupState of(Aggregate aggregate, List<AggregateRule> rules) {
        Builder builder = new Builder(aggregate);
        List<Value> values = rules.stream().map(builder::value).toList();
        return new GroupState(builder.inputs, builder.components, builder.signs, values);
    }

    Component rows() {
        return components.getFirst();
    }

    List<String> inputNames() {
        return Stream.iterate(1, i -> i + 1).limit(inputs.size()).map(i -> INPUT + i).toList();
    }

    List<String> names() {
        return components.stream().map(Component::name).toList();
    }

    /** Columns of the stage that only the signs need. */
    List<StaleSign.Staged> stagedSigns() {
        return signs.stream().flatMap(sign -> sign.staged().stream()).toList();
    }

    private static final class Builder {
        private final Aggregate aggregate;
        private final List<Integer> inputs = new ArrayList<>();
        private final List<Component> components = new ArrayList<>();
        private final List<StaleSign> signs = new ArrayList<>();

        Builder(Aggregate aggregate) {
            this.aggregate = aggregate;
            components.add(new Component.RowCount("__pgt_n", Optional.empty()));
        }

        Value value(AggregateRule rule) {
            return switch (rule) {
                case AggregateRule.CountRows count -> itself(rowCount(count.filter().map(this::input)));
                case AggregateRule.CountValues count -> itself(valueCount(count.argument()));
                case AggregateRule.Sum sum -> {
                    Component values = valueCount(sum.argument());
                    Component total = total(sum.argument(), sum.summand());
                    // When every row has a value, there is a sum.
                    yield new Value("CASE WHEN kept." + values.name() + " > 0 THEN kept." + total.name() + " END",
                            values.equals(components.getFirst()) ? Optional.of(total) : Optional.empty());
                }
                case AggregateRule.Average average -> {
                    Component values = valueCount(average.argument());
                    Component total = total(average.argument(), average.summand());
                    yield new Value("kept." + total.name() + (average.summand() == Summand.SMALL_INTEGER ? "::numeric" : "")
                            + " / nullif(kept." + values.name() + ", 0)", Optional.empty());
                }
                case AggregateRule.Extremum extremum -> itself(best(extremum));
                case AggregateRule.Recompute recompute -> throw new IllegalArgumentException(recompute.why());
            };
        }

        private static Value itself(Component component) {
            return new Value("kept." + component.name(), Optional.of(component));
        }

        private Component rowCount(Optional<String> filter) {
            return components.stream().filter(c -> c instanceof Component.RowCount r && r.filter().equals(filter)).findFirst()
                    .orElseGet(() -> add(new Component.RowCount(next("c"), filter)));
        }

        private Component valueCount(Argument argument) {
            if (NeverNull.holds(aggregate.getInput(), argument.column())) {
                return rowCount(argument.filter().map(this::input));
            }
            String column = input(argument.column());
            Optional<String> filter = argument.filter().map(this::input);
            return components.stream().filter(
                    c -> c instanceof Component.ValueCount v && v.argument().equals(column) && v.filter().equals(filter))
                    .findFirst()
                    .orElseGet(() -> add(new Component.ValueCount(next("c"), column, filter)));
        }

        private Component total(Argument argument, Summand summand) {
            String column = input(argument.column());
            Optional<String> filter = argument.filter().map(this::input);
            return components.stream()
                    .filter(c -> c instanceof Component.Total t && t.argument().equals(column) && t.filter().equals(filter))
                    .findFirst()
                    .orElseGet(() -> {
                        Component.Total total = new Component.Total(next("s"), column, filter, summand);
                        switch (summand) {
                            case SMALL_INTEGER, BIG_INTEGER -> {
                            }
                            case FIXED_SCALE -> signs.add(new StaleSign.SpecialTotal(total));
                            case ANY_SCALE -> {
                                signs.add(new StaleSign.SpecialTotal(total));
                                signs.add(new StaleSign.LostSummand(total));
                            }
                        }
                        return add(total);
                    });
        }

        private Component best(AggregateRule.Extremum extremum) {
            int position = extremum.argument().column();
            Component.Best best = new Component.Best(next("m"), input(position), extremum.argument().filter().map(this::input),
                    new Component.Best.Extremum(extremum.direction(),
                            PgTypes.text(aggregate.getInput().getRowType().getFieldList().get(position).getType())));
            signs.add(new StaleSign.LostExtremum(best));
            return add(best);
        }

        private Component add(Component component) {
            components.add(component);
            return component;
        }

        private String next(String kind) {
            return "__pgt_" + kind + components.size();
        }

        /** The name of a column of the aggregate's input. */
        private String input(int position) {
            if (!inputs.contains(position)) {
                inputs.add(position);
            }
            return INPUT + (inputs.indexOf(position) + 1);
        }
    }
}
