package io.freshet.planner.analyze;

import io.freshet.parser.ast.PgOperators;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;

/** Operators of the tree that are parts of clauses and not expressions, and those that the binder puts in. */
final class ClauseOperators {
    /** {@code a IN (list)}: Calcite would make ORs of its IN. */
    static final SqlOperator IN_LIST = new Construct("IN_LIST");

    /** A column merged by USING, of its left and right columns: the left one. */
    static final SqlOperator MERGED_LEFT = new Construct("MERGED_LEFT");
    /** The right one. */
    static final SqlOperator MERGED_RIGHT = new Construct("MERGED_RIGHT");
    /** The first that is not NULL. */
    static final SqlOperator MERGED_FULL = new Construct("MERGED_FULL");

    private static final Set<SqlOperator> CLAUSES = Set.of(PgOperators.DISTINCT_ON, PgOperators.WITH_TIES, PgOperators.GROUPS,
            PgOperators.WITH_ORDINALITY, PgOperators.ROWS_FROM, PgOperators.COLUMN_DEFINITIONS, PgOperators.VARIADIC,
            PgOperators.EXPAND);

    /** Unparsed like a function, because Calcite compares the text of expressions. */
    private static final class Construct extends SqlSpecialOperator {
        Construct(String name) {
            super(name, SqlKind.OTHER);
        }

        @Override
        public void unparse(SqlWriter writer, SqlCall call, int leftPrec, int rightPrec) {
            SqlWriter.Frame frame = writer.startFunCall(getName());
            for (SqlNode operand : call.getOperandList()) {
                writer.sep(",");
                operand.unparse(writer, 0, 0);
            }
            writer.endFunCall(frame);
        }
    }

    private ClauseOperators() {
    }

    static boolean isMerged(SqlOperator operator) {
        return operator.equals(MERGED_LEFT) || operator.equals(MERGED_RIGHT) || operator.equals(MERGED_FULL);
    }

    static boolean isClause(SqlOperator operator) {
        return CLAUSES.contains(operator);
    }
}
