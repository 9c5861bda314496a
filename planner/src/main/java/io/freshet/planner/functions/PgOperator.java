package io.freshet.planner.functions;

import java.util.Map;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;

/**
 * An infix or prefix operator of PostgreSQL, resolved to one row of {@code pg_operator}. Comparisons ({@code = <> < <= > >=}) of the
 * system schema are Calcite's own operators instead, so that its rules know equi-joins.
 */
public final class PgOperator extends SqlSpecialOperator {
    private static final Map<String, SqlKind> INFIX_KINDS = Map.of("+", SqlKind.PLUS, "-", SqlKind.MINUS, "*", SqlKind.TIMES, "/",
            SqlKind.DIVIDE, "%", SqlKind.MOD);
    private static final Map<String, SqlKind> PREFIX_KINDS = Map.of("+", SqlKind.PLUS_PREFIX, "-", SqlKind.MINUS_PREFIX);

    private final OperatorInfo info;

    public PgOperator(OperatorInfo info) {
        this(info, info.isBuiltIn() ? info.symbol() : "OPERATOR(" + info.schema() + "." + info.symbol() + ")");
    }

    private PgOperator(OperatorInfo info, String name) {
        super(name, kind(info));
        this.info = info;
    }

    public OperatorInfo info() {
        return info;
    }

    /**
     * The operator with its operands swapped. Calcite compares calls of PLUS and TIMES in an order of its own; this one, which stands in no
     * plan, keeps {@code a * b} and {@code b * a} apart: an operator of PostgreSQL need not commute.
     */
    @Override
    public SqlOperator reverse() {
        return new PgOperator(info, "reversed " + getName());
    }

    private static SqlKind kind(OperatorInfo info) {
        return (info.isPrefix() ? PREFIX_KINDS : INFIX_KINDS).getOrDefault(info.symbol(), SqlKind.OTHER);
    }
}
