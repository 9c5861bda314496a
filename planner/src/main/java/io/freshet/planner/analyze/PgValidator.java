package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.planner.functions.FunctionCall;
import io.freshet.planner.functions.FunctionInfo;
import io.freshet.planner.functions.PgAggregate;
import io.freshet.planner.functions.Resolver.Spread;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.config.NullCollation;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.runtime.PairList;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.validate.SelectScope;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.jspecify.annotations.Nullable;

/** Calcite's validator with PostgreSQL's types: a type is whatever {@link ExpressionBuilder} makes of the operands' types. */
final class PgValidator extends SqlValidatorImpl {
    private static final Set<String> NEVER_NULL = Set.of("count", "row_number", "rank", "dense_rank", "percent_rank",
            "cume_dist");

    private final Environment environment;
    private final ExpressionBuilder expressions;
    private final FunctionCalls functions;
    private @Nullable SqlCall windowCall;

    PgValidator(Environment environment, PgCatalogReader catalogReader) {
        super(operators(), catalogReader, environment.rex().types(), settings());
        this.environment = environment;
        this.expressions = new ExpressionBuilder(environment);
        this.functions = new FunctionCalls(environment);
    }

    /** Without its functions, which would take the place of PostgreSQL's. */
    private static SqlOperatorTable operators() {
        return SqlOperatorTables
                .of(SqlStdOperatorTable.instance().getOperatorList().stream().filter(o -> !(o instanceof SqlFunction)).toList());
    }

    private static Config settings() {
        return SqlValidator.Config.DEFAULT.withCallRewrite(false).withIdentifierExpansion(true)
                .withDefaultNullCollation(NullCollation.HIGH).withConformance(new PgConformance())
                .withTypeCoercionFactory(NoCoercion::new);
    }

    ExpressionBuilder expressions() {
        return expressions;
    }

    @Override
    public RelDataType deriveType(SqlValidatorScope scope, SqlNode node) {
        RelDataType known = getValidatedNodeTypeIfKnown(node);
        if (known != null && !(node instanceof SqlIdentifier)) {
            return known;
        }
        Optional<RelDataType> own = ownType(scope, node);
        if (own.isEmpty()) {
            return super.deriveType(scope, node);
        }
        RelDataType type = scope.nullifyType(node, own.get());
        setValidatedNodeType(node, type);
        return type;
    }

    private Optional<RelDataType> ownType(SqlValidatorScope scope, SqlNode node) {
        return switch (node) {
            case SqlLiteral literal when isValue(literal) -> Optional.of(environment.rex().literal(literal).getType());
            case SqlDataTypeSpec type -> Optional.of(environment.type(PgTypeName.of(type)));
            case SqlCall call when call.getKind() == SqlKind.ARRAY_QUERY_CONSTRUCTOR -> Optional.of(arrayQuery(scope, call));
            case SqlCall call when call.getOperator().equals(PgOperators.VARIADIC) ->
                Optional.of(deriveType(scope, call.operand(0)));
            case SqlCall call when call.getKind() == SqlKind.GROUPING ->
                Optional.of(environment.rex().types().notNull(Oids.INT4));
            case SqlCall call when isAggregateCall(call) -> Optional.of(aggregate(call, scope).type());
            case SqlCall call when isQuantifiedQuery(call) -> {
                yield Optional.of(environment.at(call.getParserPosition(), () -> quantified(call, scope)));
            }
            case SqlCall call when ExpressionBuilder.isScalar(call) -> Optional
                    .of(expressions.build(call, o -> standIn(scope, o)).getType());
            default -> Optional.empty();
        };
    }

    private static boolean isValue(SqlLiteral literal) {
        return literal.getValue() == null || literal.getTypeName().getFamily() == SqlTypeFamily.CHARACTER
                || literal.getTypeName().getFamily() == SqlTypeFamily.NUMERIC
                || literal.getTypeName().getFamily() == SqlTypeFamily.BOOLEAN;
    }

    private static boolean isQuantifiedQuery(SqlCall call) {
        return switch (call.getKind()) {
            case IN, NOT_IN, SOME, ALL -> true;
            default -> false;
        };
    }

    /** An expression that has the operand's type and, as far as typing looks at it, its shape. */
    private RexNode standIn(SqlValidatorScope scope, SqlNode node) {
        if (node instanceof SqlLiteral literal && isValue(literal)) {
            return environment.rex().literal(literal);
        }
        if (node instanceof SqlCall call && call.getKind() == SqlKind.ROW) {
            return expressions.build(call, o -> standIn(scope, o));
        }
        RelDataType type = deriveType(scope, node);
        if (type.isStruct() && node.isA(SqlKind.QUERY)) {
            type = scalar(type);
        }
        return new RexInputRef(0, type);
    }
    private RelDataType quantified(SqlCall call, SqlValidatorScope scope) {
        List<SqlNode> left = call.operand(0).getKind() == SqlKind.ROW
                ? ((SqlCall) call.operand(0)).getOperandList()
                : List.of(call.operand(0));
        List<RelDataTypeField> right = deriveType(scope, call.operand(1)).getFieldList();
        if (left.size() != right.size()) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY,
                    left.size() < right.size() ? "subquery has too many columns" : "subquery has too few columns");
        }
        String symbol = call.getOperator() instanceof SqlQuantifyOperator quantify ? quantify.comparisonKind.sql : "=";
        for (int i = 0; i < left.size(); i++) {
            expressions.compare(symbol, standIn(scope, left.get(i)), new RexInputRef(0, right.get(i).getType()));
        }
        return environment.rex().types().nullable(Oids.BOOL);
    }

    private RelDataType scalar(RelDataType rowType) {
        return environment.rex().types().createTypeWithNullability(rowType.getFieldList().getFirst().getType(), true);
    }

    private RelDataType arrayQuery(SqlValidatorScope scope, SqlCall call) {
        RelDataType row = deriveType(scope, call.operand(0));
        PgType element = PgTypes.of(row.isStruct() ? row.getFieldList().getFirst().getType() : row);
        return environment.rex().types().createArrayType(element, -1);
    }

    private static boolean isAggregateCall(SqlCall call) {
        return switch (call.getKind()) {
            case FILTER, WITHIN_GROUP, OVER -> isAggregateCall(call.operand(0));
            default -> call.getOperator() instanceof AggregateOperator;
        };
    }

    /** A call of an aggregate or window function, whatever is around it, resolved by its arguments' types. */
    ResolvedAggregate aggregate(SqlCall call, SqlValidatorScope scope) {
        SqlCall inner = call;
        while (!(inner.getOperator() instanceof AggregateOperator)) {
            inner = inner.operand(0);
        }
        List<RexNode> arguments = new ArrayList<>();
        for (SqlNode operand : inner.getOperandList()) {
            if (!(operand instanceof SqlIdentifier id && id.isStar())) {
                arguments.add(standIn(scope, operand));
            }
        }
        return resolve((AggregateOperator) inner.getOperator(), inner, arguments);
    }

    private ResolvedAggregate resolve(AggregateOperator operator, SqlCall call, List<RexNode> arguments) {
        String name = FunctionCalls.text(operator.functionName());
        try {
            FunctionCall resolved = functions.resolve(operator.overloads(), name, arguments, Spread.PLAIN);
            environment.functionLog().function(resolved.function(), name, environment.positions().of(call.getParserPosition()));
            return new ResolvedAggregate(resolved, aggregateType(resolved));
        } catch (FreshetException e) {
            throw environment.positions().locate(e, call.getParserPosition());
        }
    }

    private RelDataType aggregateType(FunctionCall call) {
        boolean nullable = !(call.function().isBuiltIn() && NEVER_NULL.contains(call.function().name()));
        return environment.rex().types().createTypeWithNullability(call.result(), nullable);
    }

    /** An aggregate's overload and the type of its result. */
    record ResolvedAggregate(FunctionCall call, RelDataType type) {
        PgAggregate operator() {
            return new PgAggregate(call.function(), type);
        }
    }

    /** The columns of a function in FROM. */
    RelDataType rowType(TableFunctionOperator operator, SqlCall call, SqlValidatorScope scope) {
        try {
            FunctionCall resolved = functions.resolve(operator.overloads(), FunctionCalls.text(operator.functionName()),
                    call.getOperandList().stream().map(o -> standIn(scope, o)).toList(), Spread.PLAIN);
            return new TableFunctions(environment).rowType(operator, resolved);
        } catch (FreshetException e) {
            throw environment.positions().locate(e, call.getParserPosition());
        }
    }
    @Override
    public void validateQuery(SqlNode query, SqlValidatorScope scope, RelDataType targetRowType) {
        try {
            super.validateQuery(query, scope, targetRowType);
        } catch (FreshetException e) {
            throw environment.positions().locate(e, query.getParserPosition());
        }
    }

    @Override
    public @Nullable SqlCall makeNullaryCall(SqlIdentifier id) {
        // The parser knows which names are functions.
        return null;
    }

    @Override
    protected void addToSelectList(List<SqlNode> list, Set<String> aliases, List<Map.Entry<String, RelDataType>> fields,
            SqlNode item,
            SelectScope scope, boolean includeSystemVars) {
        // Calcite would rename the second column of a name; PostgreSQL does not.
        String alias = SqlValidatorUtil.alias(item, fields.size());
        ((PairList<String, RelDataType>) (Object) fields).add(alias, deriveType(scope, item));
        list.add(item);
    }

    @Override
    public void validateWindow(SqlNode windowOrName, SqlValidatorScope scope, @Nullable SqlCall call) {
        SqlWindow window = resolveWindow(windowOrName, scope);
        if (windowOrName instanceof SqlWindow) {
            window.getPartitionList().forEach(p -> p.validateExpr(this, scope));
            window.getOrderList().forEach(o -> o.validateExpr(this, scope));
        }
        if (call != null) {
            windowCall = call;
            call.validate(this, scope);
        }
    }

    @Override
    public void validateAggregateParams(SqlCall call, @Nullable SqlNode filter, @Nullable SqlNodeList distinct,
            @Nullable SqlNodeList order,
            SqlValidatorScope scope) {
        // An aggregate may stand in the arguments of a window function.
        if (call != windowCall) {
            super.validateAggregateParams(call, filter, distinct, order, scope);
        }
    }
}
