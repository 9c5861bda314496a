package io.freshet.ivm.program;

import io.freshet.ivm.analysis.AggregateRule;
import io.freshet.ivm.analysis.AggregateRule.Argument;
import io.freshet.ivm.analysis.AggregateRule.Summand;
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
 * @param values each aggregate call's value, over {@code kept}
 */
record GroupState(List<Integer> inputs, List<Component> components, List<StaleSign> signs, List<String> values) {
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
        List<String> values = rules.stream().map(builder::value).toList();
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

        String value(AggregateRule rule) {
            return switch (rule) {
                case AggregateRule.CountRows count -> "kept." + rowCount(count.filter().map(this::input));
                case AggregateRule.CountValues count -> "kept." + valueCount(count.argument());
                case AggregateRule.Sum sum -> "CASE WHEN kept." + valueCount(sum.argument()) + " > 0 THEN kept."
                        + total(sum.argument(), sum.summand()) + " END";
                case AggregateRule.Average average -> "kept." + total(average.argument(), average.summand())
                        + (average.summand() == Summand.SMALL_INTEGER ? "::numeric" : "") + " / nullif(kept."
                        + valueCount(average.argument()) + ", 0)";
                case AggregateRule.Extremum extremum -> "kept." + best(extremum);
                case AggregateRule.Recompute recompute -> throw new IllegalArgumentException(recompute.why());
            };
        }

        private String rowCount(Optional<String> filter) {
            return components.stream()
                    .flatMap(c -> c instanceof Component.RowCount r && r.filter().equals(filter)
                            ? Stream.of(r.name())
                            : Stream.empty())
                    .findFirst().orElseGet(() -> add(new Component.RowCount(next("c"), filter)));
        }

        private String valueCount(Argument argument) {
            String column = input(argument.column());
            Optional<String> filter = argument.filter().map(this::input);
            return components.stream()
                    .flatMap(c -> c instanceof Component.ValueCount v && v.argument().equals(column) && v.filter().equals(filter)
                            ? Stream.of(v.name())
                            : Stream.empty())
                    .findFirst().orElseGet(() -> add(new Component.ValueCount(next("c"), column, filter)));
        }

        private String total(Argument argument, Summand summand) {
            String column = input(argument.column());
            Optional<String> filter = argument.filter().map(this::input);
            return components.stream()
                    .flatMap(c -> c instanceof Component.Total t && t.argument().equals(column) && t.filter().equals(filter)
                            ? Stream.of(t.name())
                            : Stream.empty())
                    .findFirst().orElseGet(() -> {
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

        private String best(AggregateRule.Extremum extremum) {
            int position = extremum.argument().column();
            Component.Best best = new Component.Best(next("m"), input(position), extremum.argument().filter().map(this::input),
                    new Component.Best.Extremum(extremum.direction(),
                            PgTypes.text(aggregate.getInput().getRowType().getFieldList().get(position).getType())));
            signs.add(new StaleSign.LostExtremum(best));
            return add(best);
        }

        private String add(Component component) {
            components.add(component);
            return component.name();
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
