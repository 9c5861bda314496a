package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.analysis.AggregateRule.Direction;
import io.freshet.ivm.analysis.AggregateRule.Summand;
import java.util.Optional;

/**
 * A number that is kept for each group. It comes in three forms: from the delta's rows ({@code delta}, with weights), from live rows
 * ({@code live}), and stored ({@code kept}).
 */
sealed interface Component {

    /** Its column in state and stage. */
    String name();

    /** Its column's type. */
    String type();

    /** Its change, an aggregate over the delta's rows. */
    String ofDelta();

    /** Its value, an aggregate over live rows. */
    String ofLive();

    /**
     * Its value after the change that {@code EXCLUDED} has.
     *
     * @param column the quoted name of the column that keeps it
     */
    String merged(String column);

    /** Rows of a group, of those for which {@code filter} is true. */
    record RowCount(String name, Optional<String> filter) implements Component {
        @Override
        public String type() {
            return "bigint";
        }

        @Override
        public String ofDelta() {
            return "coalesce(sum(delta." + ChangeTable.WEIGHT + ")" + where(filter, Optional.empty(), "delta") + ", 0)";
        }

        @Override
        public String ofLive() {
            return "count(*)" + where(filter, Optional.empty(), "live");
        }

        @Override
        public String merged(String column) {
            return plus(column);
        }
    }

    /** Values that are not NULL. */
    record ValueCount(String name, String argument, Optional<String> filter) implements Component {
        @Override
        public String type() {
            return "bigint";
        }

        @Override
        public String ofDelta() {
            return "coalesce(sum(delta." + ChangeTable.WEIGHT + ")"
                    + where(filter, Optional.of("delta." + argument + " IS NOT NULL"), "delta")
                    + ", 0)";
        }

        @Override
        public String ofLive() {
            return "count(live." + argument + ")" + where(filter, Optional.empty(), "live");
        }

        @Override
        public String merged(String column) {
            return plus(column);
        }
    }

    /** The sum of the values, 0 without any. */
    record Total(String name, String argument, Optional<String> filter, Summand summand) implements Component {
        @Override
        public String type() {
            return summand == Summand.SMALL_INTEGER ? "bigint" : "numeric";
        }

        @Override
        public String ofDelta() {
            // The product must not overflow where PostgreSQL's sum would not.
            String value = "delta." + argument + switch (summand) {
                case SMALL_INTEGER -> "::bigint";
                case BIG_INTEGER -> "::numeric";
                case FIXED_SCALE, ANY_SCALE -> "";
            };
            return "coalesce(sum(" + value + " * delta." + ChangeTable.WEIGHT + ")" + where(filter, Optional.empty(), "delta")
                    + ", 0)";
        }

        @Override
        public String ofLive() {
            return "coalesce(sum(live." + argument + ")" + where(filter, Optional.empty(), "live") + ", 0)";
        }

        @Override
        public String merged(String column) {
            return plus(column);
        }
    }

    /** The least or greatest value, NULL without any. */
    record Best(String name, String argument, Optional<String> filter, Extremum extremum) implements Component {

        /** Which, of values of which type. */
        record Extremum(Direction direction, String type) {
        }

        @Override
        public String type() {
            return extremum.type();
        }

        @Override
        public String ofDelta() {
            return function() + "(delta." + argument + ")"
                    + where(filter, Optional.of("delta." + ChangeTable.WEIGHT + " > 0"), "delta");
        }

        @Override
        public String ofLive() {
            return function() + "(live." + argument + ")" + where(filter, Optional.empty(), "live");
        }

        @Override
        public String merged(String column) {
            String better = extremum.direction() == Direction.MIN ? "least" : "greatest";
            return better + "(kept." + column + ", EXCLUDED." + column + ")";
        }

        String function() {
            return extremum.direction() == Direction.MIN ? "min" : "max";
        }
    }

    private static String plus(String column) {
        return "kept." + column + " + EXCLUDED." + column;
    }

    /** The FILTER clause, or nothing. */
    static String where(Optional<String> filter, Optional<String> condition, String alias) {
        if (filter.isEmpty() && condition.isEmpty()) {
            return "";
        }
        String both = filter.map(f -> alias + '.' + f).map(f -> condition.map(c -> c + " AND " + f).orElse(f))
                .orElseGet(condition::get);
        return " FILTER (WHERE " + both + ")";
    }
}
