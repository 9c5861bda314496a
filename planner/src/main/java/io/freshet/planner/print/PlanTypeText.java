package io.freshet.planner.print;

import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.regex.Pattern;
import org.apache.calcite.rel.type.RelDataType;

/** The types of a plan: PostgreSQL's, and the few of Calcite's own that rules make. */
final class PlanTypeText implements TypeText {

    private static final Pattern TIME = Pattern.compile("^(time(?:stamp)?)(\\(\\d+\\))?(?: without time zone|( with time zone))");
    private static final Pattern VARYING = Pattern.compile("^character varying\\b");

    @Override
    public String of(RelDataType type) {
        if (type instanceof PgType || type.isStruct()) {
            return shortened(PgTypes.text(type));
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
            case TIMESTAMP -> "timestamp";
            default -> throw Unprintable.because("the type " + type);
        };
    }

    /** The names that people use: {@code timestamptz}, {@code varchar(10)}. */
    private static String shortened(String text) {
        String times = TIME.matcher(text)
                .replaceFirst(m -> m.group(1) + (m.group(3) == null ? "" : "tz") + (m.group(2) == null ? "" : m.group(2)));
        return VARYING.matcher(times).replaceFirst("varchar");
    }
}
