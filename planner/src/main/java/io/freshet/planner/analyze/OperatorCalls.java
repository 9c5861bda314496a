package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.OperatorName;
import io.freshet.parser.ast.PgQuantifiedOperator;
import io.freshet.planner.functions.OperatorCall;
import io.freshet.planner.functions.OperatorInfo;
import io.freshet.planner.functions.PgOperator;
import io.freshet.planner.functions.PgSyntax;
import io.freshet.planner.functions.PgSyntax.Construct;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** Expressions of operators: the overload is chosen, untyped literals get its argument types. */
final class OperatorCalls {
    private static final Map<String, SqlOperator> COMPARISONS = Map.of("=", SqlStdOperatorTable.EQUALS, "<>",
            SqlStdOperatorTable.NOT_EQUALS, "<", SqlStdOperatorTable.LESS_THAN, "<=", SqlStdOperatorTable.LESS_THAN_OR_EQUAL, ">",
            SqlStdOperatorTable.GREATER_THAN, ">=", SqlStdOperatorTable.GREATER_THAN_OR_EQUAL);
    /** PostgreSQL's operators of these names give NULL for a NULL operand only. */
    private static final Set<String> NULL_FOR_NULL_ONLY = Set.of("=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||",
            "~~",
            "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*");

    private final Environment environment;
    private final Rex rex;

    OperatorCalls(Environment environment) {
        this.environment = environment;
        this.rex = environment.rex();
    }

    RexNode binary(String symbol, RexNode left, RexNode right) {
        return binary(OperatorName.of(symbol), left, right);
    }

    RexNode binary(OperatorName name, RexNode left, RexNode right) {
        if (isRow(left) || isRow(right)) {
            return compareRows(name, left, right);
        }
        OperatorCall call = environment.resolver().binary(name.schema(), name.symbol(), type(left), type(right));
        return build(call, List.of(left, right));
    }

    RexNode prefix(String symbol, RexNode operand) {
        return prefix(OperatorName.of(symbol), operand);
    }

    RexNode prefix(OperatorName name, RexNode operand) {
        return build(environment.resolver().prefix(name.schema(), name.symbol(), type(operand)), List.of(operand));
    }

    private RexNode build(OperatorCall call, List<RexNode> operands) {
        List<RexNode> typed = typed(call, operands);
        return rex.call(operator(call.operator()), resultType(call, typed), typed);
    }

    private List<RexNode> typed(OperatorCall call, List<RexNode> operands) {
        log(call.operator());
        List<RexNode> typed = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            typed.add(rex.typed(operands.get(i), environment.objects().types().type(call.argumentTypes().get(i))));
        }
        return typed;
    }

    private void log(OperatorInfo operator) {
        environment.functionLog().operator(operator, environment.objects(), environment.place());
    }

    private RelDataType resultType(OperatorCall call, List<RexNode> operands) {
        boolean total = call.operator().isBuiltIn() && NULL_FOR_NULL_ONLY.contains(call.operator().symbol());
        boolean nullable = !total || operands.stream().anyMatch(o -> o.getType().isNullable());
        return rex.types().createTypeWithNullability(call.result(), nullable);
    }

    private static SqlOperator operator(OperatorInfo info) {
        SqlOperator comparison = info.isBuiltIn() && !info.isPrefix() ? COMPARISONS.get(info.symbol()) : null;
        return comparison == null ? new PgOperator(info) : comparison;
    }

    RexNode distinct(SqlOperator operator, RexNode left, RexNode right) {
        if (isRow(left) || isRow(right)) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, "IS DISTINCT FROM between rows is not supported")
                    .withHint("Compare the columns one by one.");
        }
        OperatorCall equality = environment.resolver().binary(Optional.empty(), "=", type(left), type(right));
        return rex.call(operator, rex.types().notNull(Oids.BOOL), typed(equality, List.of(left, right)));
    }

    RexNode nullIf(RexNode left, RexNode right) {
        OperatorCall equality = environment.resolver().binary(Optional.empty(), "=", type(left), type(right));
        List<RexNode> operands = typed(equality, List.of(left, right));
        RelDataType type = rex.types().createTypeWithNullability(operands.getFirst().getType(), true);
        return rex.call(PgSyntax.of(Construct.NULLIF), type, operands);
    }

    RexNode inList(RexNode value, List<RexNode> list) {
        List<RexNode> operands = new ArrayList<>();
        if (isRow(value)) {
            operands.add(value);
            for (RexNode item : list) {
                RexNode equal = binary("=", value, item);
                operands.add(isRow(item) ? rowAs(item, equal) : item);
            }
            operands.set(0, value);
        } else {
            List<PgType> types = new ArrayList<>();
            types.add(type(value));
            list.forEach(i -> types.add(type(i)));
            PgType common = environment.commonTypes().select(types, "IN");
            operands.add(rex.typed(value, common));
            for (RexNode item : list) {
                OperatorCall equality = environment.resolver().binary(Optional.empty(), "=", type(operands.getFirst()),
                        Rex.isUntyped(item) ? common : type(item));
                log(equality.operator());
                operands.add(rex.typed(item, common));
            }
        }
        boolean nullable = operands.stream().anyMatch(o -> isRow(o) || o.getType().isNullable());
        return rex.call(PgSyntax.of(Construct.IN_LIST), rex.types().createTypeWithNullability(bool(), nullable), operands);
    }

    /** The row with the types that comparing it gave its untyped literals. */
    private RexNode rowAs(RexNode row, RexNode equality) {
        List<RexNode> columns = new ArrayList<>();
        List<RexNode> comparisons = equality.getKind() == SqlKind.AND ? ((RexCall) equality).getOperands() : List.of(equality);
        comparisons.forEach(c -> columns.add(((RexCall) c).getOperands().get(1)));
        return new Composites(environment).row(columns);
    }

    RexNode quantified(PgQuantifiedOperator quantified, RexNode left, RexNode array) {
        OperatorName name = quantified.operatorName();
        RexNode typedArray = array;
        if (Rex.isUntyped(array)) {
            PgType element = environment.resolver().binary(name.schema(), name.symbol(), type(left), type(left)).argumentTypes()
                    .stream()
                    .map(environment.objects().types()::type).toList().get(1);
            typedArray = rex.typed(array, environment.objects().types().arrayOf(element).orElseThrow());
        }
        PgType element = type(typedArray).element().orElseThrow(() -> FreshetException.of(ErrorCode.INVALID_QUERY,
                "op ANY/ALL (array) requires array on right side"));
        OperatorCall call = environment.resolver().binary(name.schema(), name.symbol(), type(left), element);
        log(call.operator());
        RexNode typedLeft = rex.typed(left, environment.objects().types().type(call.argumentTypes().getFirst()));
        Construct construct = quantified.quantifier() == PgQuantifiedOperator.Quantifier.ANY ? Construct.ANY : Construct.ALL;
        return rex.call(PgSyntax.of(construct, operator(call.operator()).getName()),
                rex.types().createTypeWithNullability(bool(), true), List.of(typedLeft, typedArray));
    }

    /** Equality of rows is that of their columns; the order of rows stays a comparison of rows, with its literals typed. */
    private RexNode compareRows(OperatorName name, RexNode left, RexNode right) {
        if (!(isRow(left) && isRow(right))) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, "a comparison of a row with something else is not supported");
        }
        List<RexNode> lefts = ((RexCall) left).getOperands();
        List<RexNode> rights = ((RexCall) right).getOperands();
        if (lefts.size() != rights.size()) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "unequal number of entries in row expressions");
        }
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < lefts.size(); i++) {
            columns.add(binary(name, lefts.get(i), rights.get(i)));
        }
        return switch (name.symbol()) {
            case "=" -> RexUtil.composeConjunction(rex, columns);
            case "<>" -> RexUtil.composeDisjunction(rex, columns);
            case "<", "<=", ">", ">=" -> {
                Composites composites = new Composites(environment);
                RexNode typedLeft = composites.row(columns.stream().map(c -> ((RexCall) c).getOperands().get(0)).toList());
                RexNode typedRight = composites.row(columns.stream().map(c -> ((RexCall) c).getOperands().get(1)).toList());
                yield rex.call(COMPARISONS.get(name.symbol()), rex.types().createTypeWithNullability(bool(), true),
                        List.of(typedLeft, typedRight));
            }
            default -> throw FreshetException.of(ErrorCode.INVALID_QUERY,
                    "could not determine interpretation of row comparison operator " + name.symbol());
        };
    }

    private PgType bool() {
        return environment.objects().types().type(Oids.BOOL);
    }

    private static boolean isRow(RexNode node) {
        return node.getKind() == SqlKind.ROW;
    }

    /** A row that is no ROW constructor, and whatever has no PostgreSQL type, counts as {@code record}. */
    private PgType type(RexNode node) {
        return node.getType().isStruct() ? environment.objects().types().type(Oids.RECORD) : PgTypes.of(node.getType());
    }
}
