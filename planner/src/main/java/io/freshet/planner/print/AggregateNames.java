package io.freshet.planner.print;

import io.freshet.planner.functions.PgAggregate;
import java.util.Locale;
import org.apache.calcite.sql.SqlAggFunction;

/** The names of aggregates and window functions. */
final class AggregateNames {
    private AggregateNames() {
    }

    /** As it is written before the parenthesis. */
    static String of(SqlAggFunction function) {
        return function instanceof PgAggregate aggregate
                ? PgCalls.name(aggregate.info())
                : function.getName().toLowerCase(Locale.ROOT);
    }
}
