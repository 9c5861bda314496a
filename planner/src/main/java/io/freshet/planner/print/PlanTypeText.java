package io.freshet.planner.print;

import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import org.apache.calcite.rel.type.RelDataType;

/** The types of a plan: PostgreSQL's, and the few of Calcite's own that rules make. */
final class PlanTypeText implements TypeText {

    @Override
    public String of(RelDataType type) {
        if (type instanceof PgType || type.isStruct()) {
            return PgTypes.text(type);
        }
        return switch (type.getSqlTypeName()) {
            case BOOLEAN -> "boolean";
            case SMALLINT -> "smallint";
            case INTEGER -> "integer";
            case BIGINT -> "bigint";
            case REAL -> "real";
            case FLOAT, DOUBLE -> "double precision";
            case DECIMAL -> "numeric";
            case CHAR, VARCHAR -> "text";
            case DATE -> "date";
            case TIMESTAMP -> "timestamp without time zone";
            default -> throw Unprintable.because("the type " + type);
        };
    }
}
