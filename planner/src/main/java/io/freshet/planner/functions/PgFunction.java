package io.freshet.planner.functions;

import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;

/** A function of PostgreSQL, resolved to one row of {@code pg_proc}. Its calls have exactly the arguments that were written. */
public final class PgFunction extends SqlFunction {
    private final FunctionInfo info;

    public PgFunction(FunctionInfo info) {
        super(displayName(info), SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION);
        this.info = info;
    }

    public FunctionInfo info() {
        return info;
    }

    /** The function that an expression calls, when it is a call of one. */
    public static Optional<FunctionInfo> called(RexNode node) {
        return node instanceof RexCall call && call.getOperator() instanceof PgFunction function
                ? Optional.of(function.info)
                : Optional.empty();
    }

    @Override
    public boolean isDeterministic() {
        return info.volatility() != Volatility.VOLATILE;
    }

    @Override
    public boolean isDynamicFunction() {
        return info.volatility() == Volatility.STABLE;
    }

    static String displayName(FunctionInfo info) {
        return info.isBuiltIn() ? info.name() : info.schema() + "." + info.name();
    }
}
