package io.freshet.parser.ast;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlWriter;

/** Unparsed as PostgreSQL writes it. */
final class PgCastOperator extends PgSpecialOperator {

    PgCastOperator() {
        super("CAST");
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int leftPrec, int rightPrec) {
        SqlWriter.Frame frame = writer.startFunCall(getName());
        call.operand(0).unparse(writer, 0, 0);
        writer.sep("AS");
        call.operand(1).unparse(writer, 0, 0);
        writer.endFunCall(frame);
    }
}
