package io.freshet.planner.analyze;

import io.freshet.planner.functions.Coercions;
import io.freshet.planner.functions.PgCast;
import io.freshet.planner.functions.ServerObjects;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.NlsString;

/** Makes expressions with PostgreSQL's types; Calcite's own casts become PostgreSQL's. */
final class Rex extends RexBuilder {
    private static final String CHARSET = "UTF-8";

    private final ServerObjects objects;
    private final PgTypeFactory types;
    private final Coercions coercions;

    Rex(PgTypeFactory types, ServerObjects objects) {
        super(types);
        this.types = types;
        this.objects = objects;
        this.coercions = new Coercions(objects);
    }

    PgTypeFactory types() {
        return types;
    }

    RexNode call(SqlOperator operator, RelDataType type, List<RexNode> operands) {
        return makeCall(type, operator, operands);
    }

    /** A string or NULL has type unknown until the context gives it one. */
    RexNode literal(SqlLiteral literal) {
        if (literal.getValue() == null) {
            return makeNullLiteral(types.nullable(Oids.UNKNOWN));
        }
        return switch (literal.getTypeName()) {
            case BOOLEAN -> makeLiteral(literal.booleanValue());
            case CHAR, VARCHAR -> string(literal.getValueAs(String.class), Oids.UNKNOWN);
            case DECIMAL, DOUBLE -> number(literal.getValueAs(BigDecimal.class));
            default -> throw new IllegalArgumentException("literal of " + literal.getTypeName());
        };
    }

    RexNode string(String value, int type) {
        return makeLiteral(new NlsString(value, CHARSET, SqlCollation.IMPLICIT), types.notNull(type), SqlTypeName.CHAR);
    }

    RexNode number(BigDecimal value) {
        int type = Oids.NUMERIC;
        if (value.scale() == 0) {
            int bits = value.toBigInteger().bitLength();
            if (bits < Long.SIZE) {
                type = bits < Integer.SIZE ? Oids.INT4 : Oids.INT8;
            }
        }
        return makeLiteral(value, types.notNull(type), SqlTypeName.DECIMAL);
    }

    static boolean isUntyped(RexNode node) {
        return node.getType() instanceof PgType type && type.oid() == Oids.UNKNOWN;
    }

    /** Gives an untyped literal the type; anything else stays as it is. */
    RexNode typed(RexNode node, PgType target) {
        if (!isUntyped(node) || target.oid() == Oids.UNKNOWN) {
            return node;
        }
        if (!(node instanceof RexLiteral literal)) {
            return cast(node, target);
        }
        if (literal.isNull()) {
            return makeNullLiteral(types.createTypeWithNullability(target, true));
        }
        RexNode text = string(RexLiteral.stringValue(literal), Oids.TEXT);
        return target.oid() == Oids.TEXT ? text : cast(text, target);
    }

    /** The node as exactly this type: an untyped literal is typed, anything else cast when its type differs. */
    RexNode as(RexNode node, PgType target) {
        if (isUntyped(node)) {
            return typed(node, target);
        }
        return PgTypes.text(node.getType()).equals(target.text()) ? node : cast(node, target);
    }

    RexNode cast(RexNode node, PgType target) {
        return PgCast.of(this, node, target, coercions);
    }

    @Override
    public RexNode makeCast(SqlParserPos pos, RelDataType type, RexNode exp, boolean matchNullability, boolean safe,
            RexLiteral format) {
        return as(exp, PgTypes.of(type));
    }

    @Override
    public RexNode makeAbstractCast(SqlParserPos pos, RelDataType type, RexNode exp, boolean safe, RexLiteral format) {
        return as(exp, PgTypes.of(type));
    }

    @Override
    public RexLiteral makeNullLiteral(RelDataType type) {
        return makeLiteral(null, type, SqlTypeName.NULL);
    }
}
