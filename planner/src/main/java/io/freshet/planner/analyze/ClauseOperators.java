package io.freshet.planner.analyze;

import io.freshet.parser.ast.PgOperators;
import java.util.Set;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;

/** Operators of the tree that are parts of clauses and not expressions, and one that the binder puts in. */
final class ClauseOperators {
    /** {@code a IN (list)}: Calcite would make ORs of its IN. */
    static final SqlOperator IN_LIST = new SqlSpecialOperator("IN_LIST", SqlKind.OTHER);

    private static final Set<SqlOperator> CLAUSES = Set.of(PgOperators.DISTINCT_ON, PgOperators.WITH_TIES, PgOperators.GROUPS,
            PgOperators.WITH_ORDINALITY, PgOperators.ROWS_FROM, PgOperators.COLUMN_DEFINITIONS, PgOperators.VARIADIC,
            PgOperators.EXPAND);

    private ClauseOperators() {
    }

    static boolean isClause(SqlOperator operator) {
        return CLAUSES.contains(operator);
    }
}
