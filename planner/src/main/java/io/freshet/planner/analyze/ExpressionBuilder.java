package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.PgBinaryOperator;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgPrefixOperator;
import io.freshet.parser.ast.PgQuantifiedOperator;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.ast.PgValueFunction;
import io.freshet.planner.functions.PgSyntax;
import io.freshet.planner.functions.PgSyntax.Construct;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlBetweenOperator;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * Builds the expression that a call in the tree means, given its operands' expressions. The validator uses it with stand-ins for the
 * operands to learn types, the converter with the real ones; so both agree.
 */
final class ExpressionBuilder {
    private final Rex rex;
    private final OperatorCalls operators;
    private final FunctionCalls functions;
    private final Composites composites;
    private final Environment environment;

    ExpressionBuilder(Environment environment) {
        this.environment = environment;
        this.rex = environment.rex();
        this.operators = new OperatorCalls(environment);
        this.functions = new FunctionCalls(environment);
        this.composites = new Composites(environment);
    }

    /** Whether a call is an expression over its operands: no query, aggregate, window function or clause. */
    static boolean isScalar(SqlCall call) {
        SqlOperator operator = call.getOperator();
        if (operator.isAggregator() || call.getKind().belongsTo(SqlKind.QUERY)) {
            return false;
        }
        return switch (call.getKind()) {
            case AS, DESCENDING, NULLS_FIRST, NULLS_LAST, OVER, FILTER, WITHIN_GROUP, EXISTS, SCALAR_QUERY,
                    ARRAY_QUERY_CONSTRUCTOR, GROUPING,
                    GROUPING_SETS, ROLLUP, CUBE, LATERAL, COLLECTION_TABLE, WINDOW, WITH_ITEM, JOIN, TABLESAMPLE, DEFAULT ->
                false;
            case IN, NOT_IN, SOME, ALL -> false;
            default -> !ClauseOperators.isClause(operator) && !(operator instanceof TableFunctionOperator);
        };
    }

    /**
     * @param operand the expression of an operand
     * @throws FreshetException with the position of what PostgreSQL would refuse
     */
    RexNode build(SqlCall call, Function<SqlNode, RexNode> operand) {
        return environment.at(call.getParserPosition(), () -> expression(call, operand));
    }

    private RexNode expression(SqlCall call, Function<SqlNode, RexNode> operand) {
        return switch (call.getOperator()) {
            case PgBinaryOperator binary -> operators.binary(binary.operatorName(), operand.apply(call.operand(0)),
                    operand.apply(call.operand(1)));
            case PgPrefixOperator prefix -> operators.prefix(prefix.operatorName(), operand.apply(call.operand(0)));
            case PgQuantifiedOperator quantified -> operators.quantified(quantified, operand.apply(call.operand(0)),
                    operand.apply(call.operand(1)));
            case PgValueFunction function -> functions.value(function, call, operand);
            case SqlUnresolvedFunction function -> functions.call(function, call, operand);
            case SqlLikeOperator like -> like(like, operands(call, operand));
            case SqlBetweenOperator between -> between(between, operands(call, operand));
            default -> byKind(call, operand);
        };
    }

    private RexNode byKind(SqlCall call, Function<SqlNode, RexNode> operand) {
        return switch (call.getKind()) {
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL, PLUS, MINUS, TIMES,
                    DIVIDE,
                    MOD ->
                operators.binary(call.getOperator().getName(), operand.apply(call.operand(0)), operand.apply(call.operand(1)));
            case PLUS_PREFIX, MINUS_PREFIX -> operators.prefix(call.getOperator().getName(), operand.apply(call.operand(0)));
            case AND, OR, NOT -> logic(call.getOperator(), operands(call, operand));
            case IS_TRUE, IS_FALSE, IS_NOT_TRUE, IS_NOT_FALSE -> test(call.getOperator(), operand.apply(call.operand(0)));
            case IS_NULL, IS_NOT_NULL -> call.getOperator().getName().endsWith("UNKNOWN")
                    ? test(call.getOperator(), operand.apply(call.operand(0)))
                    : rex.call(call.getOperator(), rex.types().notNull(Oids.BOOL),
                            List.of(rex.typed(operand.apply(call.operand(0)), type(Oids.TEXT))));
            case IS_DISTINCT_FROM, IS_NOT_DISTINCT_FROM -> operators.distinct(call.getOperator(), operand.apply(call.operand(0)),
                    operand.apply(call.operand(1)));
            case CASE -> cases((SqlCase) call, operand);
            case COALESCE -> branches(SqlStdOperatorTable.COALESCE, "COALESCE", operands(call, operand));
            case GREATEST_PG -> branches(PgSyntax.of(Construct.GREATEST), "GREATEST", operands(call, operand));
            case LEAST_PG -> branches(PgSyntax.of(Construct.LEAST), "LEAST", operands(call, operand));
            case NULLIF -> operators.nullIf(operand.apply(call.operand(0)), operand.apply(call.operand(1)));
            case ROW -> composites.row(operands(call, operand));
            case ARRAY_VALUE_CONSTRUCTOR -> composites.array(operands(call, operand));
            case ITEM -> composites.subscript(operands(call, operand));
            default -> special(call, operand);
        };
    }

    private RexNode special(SqlCall call, Function<SqlNode, RexNode> operand) {
        SqlOperator operator = call.getOperator();
        if (operator.equals(PgOperators.CAST)) {
            return cast(operand.apply(call.operand(0)), call.operand(1));
        }
        if (operator.equals(ClauseOperators.IN_LIST)) {
            return operators.inList(operand.apply(call.operand(0)), operands((SqlNodeList) call.operand(1), operand));
        }
        if (ClauseOperators.isMerged(operator)) {
            return merged(operator, operands(call, operand));
        }
        if (operator.equals(PgOperators.SUBSCRIPT)) {
            return composites.subscript(operands(call, operand));
        }
        if (operator.equals(PgOperators.SLICE)) {
            return composites.slice(call.getOperandList().stream()
                    .map(o -> o.getKind() == SqlKind.DEFAULT ? Optional.<RexNode>empty() : Optional.of(operand.apply(o)))
                    .toList());
        }
        if (operator.equals(PgOperators.FIELD)) {
            return composites.field(operand.apply(call.operand(0)), text(call.operand(1)));
        }
        if (operator.equals(PgOperators.COLLATE)) {
            return composites.collate(operand.apply(call.operand(0)),
                    call.getOperandList().stream().skip(1).map(ExpressionBuilder::text).toList());
        }
        if (isJsonTest(operator)) {
            RexNode value = rex.typed(operand.apply(call.operand(0)), type(Oids.TEXT));
            return rex.call(PgSyntax.of(Construct.IS_JSON, operator.getName()), nullable(Oids.BOOL, List.of(value)),
                    List.of(value));
        }
        throw FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, operator.getName() + " is not supported here");
    }

    private static boolean isJsonTest(SqlOperator operator) {
        return operator.getName().startsWith("IS ") && operator.getName().contains("JSON");
    }

    private RexNode like(SqlLikeOperator like, List<RexNode> operands) {
        boolean similar = like.getKind() == SqlKind.SIMILAR;
        boolean insensitive = like.getName().endsWith("ILIKE");
        RexNode pattern = operands.get(1);
        if (similar) {
            pattern = functions.system("similar_to_escape", operands.subList(1, operands.size()));
        } else if (operands.size() == 3) {
            pattern = functions.system("like_escape", operands.subList(1, operands.size()));
        }
        String symbol = similar ? "~" : "~~" + (insensitive ? "*" : "");
        return operators.binary((like.isNegated() ? "!" : "") + symbol, operands.get(0), pattern);
    }

    private RexNode between(SqlBetweenOperator between, List<RexNode> operands) {
        RexNode within = within(operands.get(0), operands.get(1), operands.get(2));
        if (between.flag == SqlBetweenOperator.Flag.SYMMETRIC) {
            within = logic(SqlStdOperatorTable.OR, List.of(within, within(operands.get(0), operands.get(2), operands.get(1))));
        }
        return between.isNegated() ? logic(SqlStdOperatorTable.NOT, List.of(within)) : within;
    }

    private RexNode within(RexNode value, RexNode low, RexNode high) {
        return logic(SqlStdOperatorTable.AND, List.of(operators.binary(">=", value, low), operators.binary("<=", value, high)));
    }
    RexNode compare(String symbol, RexNode left, RexNode right) {
        return operators.binary(symbol, left, right);
    }

    RexNode logic(SqlOperator operator, List<RexNode> operands) {
        List<RexNode> conditions = new ArrayList<>();
        for (RexNode operand : operands) {
            RexNode condition = condition(operand, operator.getName());
            if (operator.getKind() != SqlKind.NOT && condition.getKind() == operator.getKind()) {
                conditions.addAll(((org.apache.calcite.rex.RexCall) condition).getOperands());
            } else {
                conditions.add(condition);
            }
        }
        return rex.call(operator, nullable(Oids.BOOL, conditions), conditions);
    }

    private RexNode test(SqlOperator operator, RexNode operand) {
        return rex.call(operator, rex.types().notNull(Oids.BOOL), List.of(condition(operand, operator.getName())));
    }

    /** @throws FreshetException INVALID_QUERY when it is no boolean */
    RexNode condition(RexNode node, String clause) {
        RexNode condition = rex.typed(node, type(Oids.BOOL));
        PgType type = environment.objects().types().withoutDomain(PgTypes.of(condition.getType()));
        if (type.oid() != Oids.BOOL) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY,
                    "argument of " + clause + " must be type boolean, not type " + PgTypes.text(condition.getType()));
        }
        return condition;
    }

    private RexNode cases(SqlCase cases, Function<SqlNode, RexNode> operand) {
        List<RexNode> conditions = operands(cases.getWhenOperands(), operand).stream().map(c -> condition(c, "CASE/WHEN"))
                .toList();
        List<RexNode> results = new ArrayList<>(operands(cases.getThenOperands(), operand));
        SqlNode otherwise = cases.getElseOperand();
        results.add(operand.apply(otherwise == null ? SqlLiteral.createNull(cases.getParserPosition()) : otherwise));
        // ELSE comes first when the preferred type is chosen.
        List<RexNode> byWeight = new ArrayList<>(results);
        byWeight.addFirst(byWeight.removeLast());
        PgType common = common(byWeight, "CASE");
        List<RexNode> branches = results.stream().map(r -> asCommon(r, common)).toList();
        List<RexNode> operands = new ArrayList<>();
        for (int i = 0; i < conditions.size(); i++) {
            operands.add(conditions.get(i));
            operands.add(branches.get(i));
        }
        operands.add(branches.getLast());
        boolean nullable = branches.stream().anyMatch(b -> b.getType().isNullable());
        return rex.call(SqlStdOperatorTable.CASE, rex.types().createTypeWithNullability(common, nullable), operands);
    }

    private RexNode branches(SqlOperator operator, String name, List<RexNode> operands) {
        PgType common = common(operands, name);
        List<RexNode> branches = operands.stream().map(o -> asCommon(o, common)).toList();
        boolean nullable = branches.stream().allMatch(b -> b.getType().isNullable());
        return rex.call(operator, rex.types().createTypeWithNullability(common, nullable), branches);
    }

    private PgType common(List<RexNode> nodes, String construct) {
        if (nodes.stream().anyMatch(n -> n.getType().isStruct())) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, "ROW values in " + construct + " are not supported");
        }
        return environment.commonTypes().select(nodes.stream().map(n -> PgTypes.of(n.getType())).toList(), construct);
    }

    /** Types that differ in their modifiers alone need no cast: the common type has none, and nothing is cut. */
    private RexNode asCommon(RexNode node, PgType common) {
        return PgTypes.of(node.getType()).oid() == common.oid() ? node : rex.as(node, common);
    }

    private RexNode merged(SqlOperator operator, List<RexNode> sides) {
        PgType common = common(sides, "JOIN/USING");
        if (operator.equals(ClauseOperators.MERGED_FULL)) {
            return branches(SqlStdOperatorTable.COALESCE, "JOIN/USING", sides);
        }
        return asCommon(sides.get(operator.equals(ClauseOperators.MERGED_LEFT) ? 0 : 1), common);
    }

    private RexNode cast(RexNode value, SqlNode typeNode) {
        PgType target = environment.type(PgTypeName.of(typeNode));
        if (value.getType().isStruct()) {
            return rex.cast(value, target);
        }
        PgType source = PgTypes.of(value.getType());
        if (!environment.coercions().isExplicit(source, target)) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "cannot cast type " + source.text() + " to " + target.text());
        }
        environment.functionLog().cast(target, environment.coercions().volatility(source, target), environment.place());
        return Rex.isUntyped(value) ? rex.typed(value, target) : rex.cast(value, target);
    }

    private RelDataType nullable(int oid, List<RexNode> operands) {
        return rex.types().createTypeWithNullability(type(oid), operands.stream().anyMatch(o -> o.getType().isNullable()));
    }

    private PgType type(int oid) {
        return environment.objects().types().type(oid);
    }

    private static List<RexNode> operands(SqlCall call, Function<SqlNode, RexNode> operand) {
        return call.getOperandList().stream().map(operand).toList();
    }

    private static List<RexNode> operands(SqlNodeList list, Function<SqlNode, RexNode> operand) {
        return list.getList().stream().map(operand).toList();
    }

    private static String text(SqlNode literal) {
        return ((SqlLiteral) literal).getValueAs(String.class);
    }
}
