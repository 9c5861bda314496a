package io.freshet.parser.ast;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;

/** A construct of PostgreSQL that is neither an infix operator nor a function. Unparsed as {@code NAME(operand, ..)}. */
public class PgSpecialOperator extends SqlSpecialOperator {

    PgSpecialOperator(String name) {
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
