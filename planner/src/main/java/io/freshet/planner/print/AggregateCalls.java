package io.freshet.planner.print;

import io.freshet.planner.functions.PgAggregate;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlAggFunction;

/** The names and arguments of aggregates and window functions. */
final class AggregateCalls {
    private AggregateCalls() {
    }

    /** As it is written before the parenthesis. */
    static String of(SqlAggFunction function) {
        return function instanceof PgAggregate aggregate
                ? PgCalls.name(aggregate.info())
                : function.getName().toLowerCase(Locale.ROOT);
    }

    /** The arguments, with the types of literals where they are needed. */
    static List<Expr> arguments(SqlAggFunction function, List<Expr> arguments) {
        return function instanceof PgAggregate aggregate
                ? TextLiterals.arguments(aggregate.info(), arguments)
                : TextLiterals.typed(arguments);
    }
}
