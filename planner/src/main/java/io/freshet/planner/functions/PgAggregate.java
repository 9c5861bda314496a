package io.freshet.planner.functions;

import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.util.Optionality;

/**
 * An aggregate or window function, resolved to one row of {@code pg_proc}, with the type that this call of it has. PostgreSQL's own count,
 * sum, avg, min and max have Calcite's kinds, so have its window functions; every other one is {@code OTHER_FUNCTION}.
 */
public final class PgAggregate extends SqlAggFunction {
    private static final Map<String, SqlKind> KINDS = Map.ofEntries(Map.entry("count", SqlKind.COUNT),
            Map.entry("sum", SqlKind.SUM),
            Map.entry("avg", SqlKind.AVG), Map.entry("min", SqlKind.MIN), Map.entry("max", SqlKind.MAX),
            Map.entry("row_number", SqlKind.ROW_NUMBER), Map.entry("rank", SqlKind.RANK),
            Map.entry("dense_rank", SqlKind.DENSE_RANK), Map.entry("percent_rank", SqlKind.PERCENT_RANK),
            Map.entry("cume_dist", SqlKind.CUME_DIST), Map.entry("ntile", SqlKind.NTILE), Map.entry("lag", SqlKind.LAG),
            Map.entry("lead", SqlKind.LEAD), Map.entry("first_value", SqlKind.FIRST_VALUE),
            Map.entry("last_value", SqlKind.LAST_VALUE), Map.entry("nth_value", SqlKind.NTH_VALUE));

    private final FunctionInfo info;
    private final RelDataType type;

    public PgAggregate(FunctionInfo info, RelDataType type) {
        super(PgFunction.displayName(info), null, kind(info), null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION, false,
                info.kind() == FunctionInfo.Kind.WINDOW, info.isOrderedSet() ? Optionality.MANDATORY : Optionality.OPTIONAL);
        this.info = info;
        this.type = type;
    }

    public FunctionInfo info() {
        return info;
    }

    private static SqlKind kind(FunctionInfo info) {
        return info.isBuiltIn() && !info.isOrderedSet()
                ? KINDS.getOrDefault(info.name(), SqlKind.OTHER_FUNCTION)
                : SqlKind.OTHER_FUNCTION;
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding call) {
        return type;
    }

    @Override
    public boolean isDeterministic() {
        return info.volatility() != Volatility.VOLATILE;
    }
}
