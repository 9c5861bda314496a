package io.freshet.planner.print;

import io.freshet.planner.functions.FunctionInfo;
import io.freshet.planner.functions.OperatorInfo;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeFamily;

/**
 * Where {@code 'x'} can stand for a text. PostgreSQL takes the type of a bare literal from its surroundings; where it could take another
 * type than text, the printed literal says {@code 'x'::text}.
 */
final class TextLiterals {
    /** Their arguments may be of any type, and they take a bare literal for a text. */
    private static final Set<String> TAKE_ANYTHING = Set.of("concat", "concat_ws", "format", "jsonb_build_object",
            "json_build_object",
            "jsonb_build_array", "json_build_array");
    /** Numbers, dates, booleans: nothing else than a text can be concatenated with them. */
    private static final String SCALAR_CATEGORIES = "NDB";

    private TextLiterals() {
    }

    /** Whether values have the type text, or one that a bare literal beside them makes no difference for. */
    static boolean isText(RelDataType type) {
        return type instanceof PgType known
                ? known.oid() == Oids.TEXT || known.oid() == Oids.VARCHAR
                : type.getFamily() == SqlTypeFamily.CHARACTER;
    }

    static boolean isTextArray(RelDataType type) {
        RelDataType element = type.getComponentType();
        return element != null && isText(element);
    }

    /** The two sides of a comparison. */
    static List<Expr> compared(List<Expr> operands, List<RelDataType> types) {
        boolean allText = types.stream().allMatch(TextLiterals::isText);
        return allText ? operands : typed(operands);
    }

    static List<Expr> operands(OperatorInfo operator, List<Expr> operands, List<RelDataType> types) {
        if (operator.isPrefix()) {
            return typed(operands);
        }
        boolean isConcatenation = operator.isBuiltIn() && operator.symbol().equals("||");
        List<Expr> result = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            RelDataType other = types.get(1 - i);
            int declared = i == 0 ? operator.left() : operator.right();
            int declaredOther = i == 0 ? operator.right() : operator.left();
            boolean bare = isText(other) || (operator.isBuiltIn() && declared == Oids.TEXT && isExactly(other, declaredOther))
                    || (isConcatenation && isScalar(other));
            result.add(bare ? operands.get(i) : operands.get(i).typed());
        }
        return result;
    }

    private static boolean isExactly(RelDataType type, int oid) {
        return type instanceof PgType known && known.oid() == oid && oid != Oids.BPCHAR;
    }

    private static boolean isScalar(RelDataType type) {
        return type instanceof PgType known && SCALAR_CATEGORIES.indexOf(known.info().category()) >= 0;
    }

    /** Users' functions can be overloaded in any way; PostgreSQL's own prefer text. */
    static List<Expr> arguments(FunctionInfo function, List<Expr> arguments) {
        if (!function.isBuiltIn()) {
            return typed(arguments);
        }
        List<Expr> result = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            boolean text = i < function.arguments().size() && function.arguments().get(i).type() == Oids.TEXT;
            result.add(text || TAKE_ANYTHING.contains(function.name()) ? arguments.get(i) : arguments.get(i).typed());
        }
        return result;
    }

    /** Where the whole takes the common type of its parts. */
    static List<Expr> parts(List<Expr> parts, RelDataType type) {
        return isText(type) ? parts : typed(parts);
    }

    static List<Expr> typed(List<Expr> exprs) {
        return exprs.stream().map(Expr::typed).toList();
    }
}
