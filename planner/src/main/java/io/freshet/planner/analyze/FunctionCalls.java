package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.ast.PgValueFunction;
import io.freshet.planner.functions.FunctionCall;
import io.freshet.planner.functions.FunctionInfo;
import io.freshet.planner.functions.PgFunction;
import io.freshet.planner.functions.PgSyntax;
import io.freshet.planner.functions.PgSyntax.Construct;
import io.freshet.planner.functions.Resolver.Spread;
import io.freshet.planner.functions.ServerObjects;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;

/** Expressions of function calls: the overload is chosen, untyped literals get its argument types. */
final class FunctionCalls {
    /** PostgreSQL's functions of these names give NULL for a NULL argument only. */
    private static final Set<String> NULL_FOR_NULL_ONLY = Set.of("now", "lower", "upper", "length", "char_length", "abs", "round",
            "floor",
            "ceil", "ceiling", "date_trunc", "md5", "btrim", "ltrim", "rtrim", "replace");

    private final Environment environment;
    private final Rex rex;

    FunctionCalls(Environment environment) {
        this.environment = environment;
        this.rex = environment.rex();
    }

    /** A function of PostgreSQL's own that special syntax stands for. */
    RexNode system(String name, List<RexNode> arguments) {
        List<FunctionInfo> overloads = environment.resolver().functions(Optional.of(ServerObjects.SYSTEM_SCHEMA), name);
        return build(resolve(overloads, name, arguments, Spread.PLAIN), arguments);
    }

    RexNode call(SqlUnresolvedFunction function, SqlCall call, Function<SqlNode, RexNode> operand) {
        SqlIdentifier name = function.getNameAsId();
        List<FunctionInfo> overloads = overloads(name);
        Spread spread = isVariadic(call) ? Spread.ARRAY : Spread.PLAIN;
        List<RexNode> arguments = call.getOperandList().stream().map(o -> operand.apply(argument(o))).toList();
        Optional<PgType> type = castTarget(name, overloads, arguments);
        if (type.isPresent()) {
            return rex.as(arguments.getFirst(), type.get());
        }
        FunctionCall resolved = resolve(overloads, text(name), arguments, spread);
        if (resolved.function().nature().returnsSet()) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX,
                    "set-returning function " + text(name) + " is supported in FROM only")
                    .withHint("Move it to FROM: SELECT .. FROM t, LATERAL " + text(name) + "(..) AS s.");
        }
        environment.functionLog().function(resolved.function(), text(name), environment.positions().of(call.getParserPosition()));
        return spread == Spread.ARRAY ? build(resolved, variadic(arguments)) : build(resolved, arguments);
    }

    /** The functions that a name can mean. */
    List<FunctionInfo> overloads(SqlIdentifier name) {
        Optional<String> schema = name.names.size() > 1 ? Optional.of(name.names.get(name.names.size() - 2)) : Optional.empty();
        return environment.resolver().functions(schema, name.names.getLast());
    }

    FunctionCall resolve(List<FunctionInfo> overloads, String name, List<RexNode> arguments, Spread spread) {
        return environment.resolver().function(overloads, name, arguments.stream().map(this::type).toList(), spread);
    }

    private static SqlNode argument(SqlNode operand) {
        if (operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, "named arguments are not supported")
                    .withHint("Give the arguments by position.");
        }
        return operand instanceof SqlCall call && call.getOperator().equals(PgOperators.VARIADIC) ? call.operand(0) : operand;
    }

    private static boolean isVariadic(SqlCall call) {
        return call.getOperandList().stream()
                .anyMatch(o -> o instanceof SqlCall c && c.getOperator().equals(PgOperators.VARIADIC));
    }

    private List<RexNode> variadic(List<RexNode> arguments) {
        List<RexNode> marked = new ArrayList<>(arguments);
        RexNode last = marked.removeLast();
        marked.add(rex.call(PgSyntax.of(Construct.VARIADIC), last.getType(), List.of(last)));
        return marked;
    }

    RexNode build(FunctionCall call, List<RexNode> arguments) {
        List<RexNode> typed = typed(call, arguments);
        boolean total = call.function().isBuiltIn() && NULL_FOR_NULL_ONLY.contains(call.function().name());
        boolean nullable = !total || typed.stream().anyMatch(a -> a.getType().isNullable());
        RelDataType type = rex.types().createTypeWithNullability(call.result(), nullable);
        return rex.call(new PgFunction(call.function()), type, typed);
    }

    List<RexNode> typed(FunctionCall call, List<RexNode> arguments) {
        List<RexNode> typed = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            int declared = call.argumentTypes().get(i);
            // VARIADIC "any" takes an untyped literal for text.
            typed.add(
                    rex.typed(arguments.get(i), environment.objects().types().type(declared == Oids.ANY ? Oids.TEXT : declared)));
        }
        return typed;
    }

    /** {@code text(x)} is a cast when it is no exact call of a function, and the conversion calls none. */
    private Optional<PgType> castTarget(SqlIdentifier name, List<FunctionInfo> overloads, List<RexNode> arguments) {
        if (arguments.size() != 1) {
            return Optional.empty();
        }
        PgType argument = type(arguments.getFirst());
        boolean exact = overloads.stream()
                .anyMatch(f -> f.arguments().size() == 1 && f.arguments().getFirst().type() == argument.oid());
        return exact
                ? Optional.empty()
                : environment.objects().types()
                        .resolve(new PgTypeName(name.names, List.of(), Optional.empty(), 0), environment.catalog().searchPath())
                        .filter(target -> environment.coercions().needsNoFunction(argument, target));
    }

    RexNode value(PgValueFunction function, SqlCall call, Function<SqlNode, RexNode> operand) {
        PgValueFunction.Name name = function.function();
        String precision = call.operandCount() == 0 ? "" : "(" + call.operand(0) + ")";
        int modifier = call.operandCount() == 0 ? -1 : Integer.parseInt(call.operand(0).toString());
        int type = switch (name) {
            case CURRENT_DATE -> Oids.DATE;
            case CURRENT_TIME -> Oids.TIMETZ;
            case CURRENT_TIMESTAMP -> Oids.TIMESTAMPTZ;
            case LOCALTIME -> Oids.TIME;
            case LOCALTIMESTAMP -> Oids.TIMESTAMP;
            case SYSTEM_USER -> Oids.TEXT;
            case CURRENT_ROLE, CURRENT_USER, USER, SESSION_USER, CURRENT_CATALOG, CURRENT_SCHEMA -> Oids.NAME;
        };
        environment.functionLog().valueFunction(name.name(), environment.positions().of(call.getParserPosition()));
        return rex.call(PgSyntax.of(Construct.VALUE_FUNCTION, name.name() + precision),
                rex.types().createTypeWithNullability(environment.objects().types().type(type, modifier),
                        type == Oids.NAME || type == Oids.TEXT),
                List.of());
    }

    private PgType type(RexNode node) {
        return node.getType().isStruct() ? environment.objects().types().type(Oids.RECORD) : PgTypes.of(node.getType());
    }

    static String text(SqlIdentifier name) {
        return name.names.getFirst().equals(ServerObjects.SYSTEM_SCHEMA) ? name.names.getLast() : String.join(".", name.names);
    }
}
