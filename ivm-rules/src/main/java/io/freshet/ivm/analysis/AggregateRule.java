package io.freshet.ivm.analysis;

import io.freshet.planner.functions.PgAggregate;
import io.freshet.planner.types.PgType;
import java.util.Optional;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.type.RelDataType;

/** How the value of an aggregate function follows its group's changes. */
public sealed interface AggregateRule {

    /** What is aggregated: a column of the aggregate's input, of the rows for which another one is true. */
    record Argument(int column, Optional<Integer> filter) {
    }

    /** {@code count(*)}: the sum of the weights. */
    record CountRows(Optional<Integer> filter) implements AggregateRule {
    }

    /** {@code count(x)}: the sum of the weights of rows whose x is not NULL. */
    record CountValues(Argument argument) implements AggregateRule {
    }

    /** {@code sum(x)}: the sum of x times weight, NULL when no x is left. */
    record Sum(Argument argument, Summand summand) implements AggregateRule {
    }

    /** {@code avg(x)}: sum by count. */
    record Average(Argument argument, Summand summand) implements AggregateRule {
    }

    /** {@code min(x)}, {@code max(x)}: the better of the stored and the gained one, unless the stored one may have left. */
    record Extremum(Argument argument, Direction direction) implements AggregateRule {
    }

    /** Evaluated again for each group that changes. */
    record Recompute(String why) implements AggregateRule {
    }

    /** Which extremum. */
    enum Direction {
        MIN,
        MAX
    }

    /** What is known of the values that are summed up. */
    enum Summand {
        /** smallint and integer: the sum is a bigint. */
        SMALL_INTEGER,
        /** bigint: the sum is a numeric without digits after the point. */
        BIG_INTEGER,
        /** numeric that always shows the same number of digits after the point; can be NaN or infinite. */
        FIXED_SCALE,
        /** numeric with any number of digits after the point: a sum that loses a summand may have to show fewer. */
        ANY_SCALE
    }

    static AggregateRule of(Aggregate aggregate, AggregateCall call) {
        if (!(call.getAggregation() instanceof PgAggregate function)) {
            return new Recompute(call.getAggregation().getName() + " is not known");
        }
        Optional<Integer> filter = call.filterArg < 0 ? Optional.empty() : Optional.of(call.filterArg);
        boolean isExtremum = switch (function.getKind()) {
            case MIN, MAX -> true;
            default -> false;
        };
        if (call.isDistinct() && !isExtremum) {
            return new Recompute(function.getName() + "(DISTINCT ..) cannot be merged");
        }
        if (!call.getCollation().getFieldCollations().isEmpty()) {
            return new Recompute(function.getName() + "(.. ORDER BY ..) cannot be merged");
        }
        if (call.getArgList().isEmpty()) {
            return switch (function.getKind()) {
                case COUNT -> new CountRows(filter);
                default -> new Recompute(function.getName() + " cannot be merged");
            };
        }
        Argument argument = new Argument(call.getArgList().getFirst(), filter);
        RelDataType type = aggregate.getInput().getRowType().getFieldList().get(argument.column()).getType();
        Recompute ofType = new Recompute(function.getName() + " of " + type + " cannot be merged exactly");
        return switch (function.getKind()) {
            case COUNT -> new CountValues(argument);
            case SUM -> summand(aggregate, argument.column()).<AggregateRule>map(s -> new Sum(argument, s)).orElse(ofType);
            case AVG -> summand(aggregate, argument.column()).<AggregateRule>map(s -> new Average(argument, s)).orElse(ofType);
            case MIN -> isPlainlyOrdered(type) ? new Extremum(argument, Direction.MIN) : ofType;
            case MAX -> isPlainlyOrdered(type) ? new Extremum(argument, Direction.MAX) : ofType;
            default -> new Recompute(function.getName() + " cannot be merged");
        };
    }

    private static Optional<Summand> summand(Aggregate aggregate, int column) {
        return switch (aggregate.getInput().getRowType().getFieldList().get(column).getType().getSqlTypeName()) {
            case SMALLINT, INTEGER -> Optional.of(Summand.SMALL_INTEGER);
            case BIGINT -> Optional.of(Summand.BIG_INTEGER);
            case DECIMAL -> Optional.of(
                    NumericScale.ofColumn(aggregate.getInput(), column).isPresent() ? Summand.FIXED_SCALE : Summand.ANY_SCALE);
            default -> Optional.empty();
        };
    }

    /** Whether LEAST and GREATEST order the values as min and max do, whatever the collation. */
    private static boolean isPlainlyOrdered(RelDataType type) {
        return type instanceof PgType known && switch (known.info().kind()) {
            case BASE -> "ND".indexOf(known.info().category()) >= 0 && known.info().schema().equals("pg_catalog");
            case ENUM -> true;
            case ARRAY, COMPOSITE, DOMAIN, PSEUDO, RANGE, MULTIRANGE -> false;
        };
    }
}
