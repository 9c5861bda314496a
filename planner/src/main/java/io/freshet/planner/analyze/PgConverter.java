package io.freshet.planner.analyze;

import com.google.common.collect.ImmutableList;
import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.analyze.PgValidator.ResolvedAggregate;
import io.freshet.planner.functions.FunctionCall;
import io.freshet.planner.functions.FunctionInfo;
import io.freshet.planner.functions.PgFunction;
import io.freshet.planner.functions.PgSyntax;
import io.freshet.planner.functions.PgSyntax.Construct;
import io.freshet.planner.functions.Resolver.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.ViewExpanders;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.hint.HintStrategyTable;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalTableFunctionScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** Calcite's converter with PostgreSQL's expressions, nothing expanded or simplified. */
final class PgConverter extends SqlToRelConverter {
    private final Environment environment;
    private final PgValidator validator;
    private final FunctionCalls functions;
    private final Rex rex;
    private final UntypedLiterals untyped;

    PgConverter(Environment environment, PgValidator validator, RelOptCluster cluster) {
        super(ViewExpanders.simpleContext(cluster)::expandView, validator,
                (PgCatalogReader) validator.getCatalogReader(), cluster, StandardConvertletTable.INSTANCE, settings());
        this.environment = environment;
        this.validator = validator;
        this.functions = new FunctionCalls(environment);
        this.rex = environment.rex();
        this.untyped = new UntypedLiterals(environment.rex(), environment.objects().types());
    }

    private static Config settings() {
        return SqlToRelConverter.config().withExpand(false).withInSubQueryThreshold(Integer.MAX_VALUE).withTrimUnusedFields(false)
                .withRemoveSortInSubQuery(false).withRelBuilderFactory(PlainRelBuilder.FACTORY)
                .withRelBuilderConfigTransform(c -> PlainRelBuilder.CONFIG).withHintStrategyTable(
                        HintStrategyTable.EMPTY);
    }

    /** As Calcite's, without its check of nullability, which it derives less exactly while validating. */
    @Override
    public RelRoot convertQuery(SqlNode query, boolean needsValidation, boolean top) {
        RelNode plan = convertQueryRecursive(query, top, null).rel;
        RelCollation collation = isOrdered(query) ? collation(plan) : RelCollations.EMPTY;
        RelDataType validated = validator.getValidatedNodeType(query);
        RelDataType row = rex.types().createStructType(
                plan.getRowType().getFieldList().stream().limit(validated.getFieldCount()).map(f -> f.getType()).toList(),
                validated.getFieldNames());
        return RelRoot.of(plan, row, query.getKind()).withCollation(collation);
    }

    private static RelCollation collation(RelNode plan) {
        return switch (plan) {
            case Sort sort -> sort.collation;
            case Project project -> collation(project.getInput());
            default -> RelCollations.EMPTY;
        };
    }

    @Override
    protected @Nullable RexNode convertExtendedExpression(SqlNode node, Blackboard board) {
        return switch (node) {
            case SqlLiteral literal when literal.getValue() == null || !literal.getTypeName().isSpecial() -> rex.literal(literal);
            case SqlCall call when call.getKind() == SqlKind.OVER ->
                new WindowConverter(environment, validator).convert(call, board.scope,
                        board::convertExpression);
            case SqlCall call when ExpressionBuilder.isScalar(call) ->
                validator.expressions().build(call, board::convertExpression);
            default -> null;
        };
    }

    @Override
    protected RelNode createAggregate(Blackboard board, ImmutableBitSet groups,
            ImmutableList<ImmutableBitSet> groupSets, List<AggregateCall> calls) {
        List<AggregateCall> resolved = new ArrayList<>();
        RelNode input = board.root();
        for (AggregateCall call : calls) {
            if (call.getAggregation() instanceof AggregateOperator operator) {
                input = resolveInto(resolved, call, operator, input);
            } else {
                resolved.add(call);
            }
        }
        if (groupSets.stream().distinct().count() < groupSets.size()) {
            throw environment.positions().locate(FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX,
                    "GROUPING SETS with the same set twice is not supported"), board.scope.getNode().getParserPosition());
        }
        return LogicalAggregate.create(input, List.of(), groups, ImmutableBitSet.ORDERING.sortedCopy(groupSets), resolved);
    }

    /** Adds the call with its overload; gives the input with the call's untyped literals typed. */
    private RelNode resolveInto(List<AggregateCall> resolved, AggregateCall call, AggregateOperator operator, RelNode input) {
        List<RexNode> arguments = new ArrayList<>();
        call.getArgList().forEach(i -> arguments.add(field(input, i)));
        FunctionCall function = functions.resolve(operator.overloads(), FunctionCalls.text(operator.functionName()), arguments,
                Spread.PLAIN);
        if (function.function().kind() == FunctionInfo.Kind.WINDOW) {
            throw environment.positions().locate(FreshetException.of(ErrorCode.INVALID_QUERY,
                    "window function " + function.function().name() + " requires an OVER clause"), call.getParserPosition());
        }
        ResolvedAggregate aggregate = new ResolvedAggregate(function, call.getType());
        int direct = call.getArgList().size() - operator.withinGroup().size();
        resolved.add(
                AggregateCall.create(call.getParserPosition(), aggregate.operator(), call.isDistinct(), false, false, List.of(),
                        call.getArgList().subList(0, direct), call.filterArg, null, collation(call, operator), call.getType(),
                        call.getName()));
        List<RexNode> typed = functions.typed(function, arguments);
        RelNode result = input;
        for (int i = 0; i < call.getArgList().size(); i++) {
            if (!typed.get(i).equals(arguments.get(i))) {
                result = withField(result, call.getArgList().get(i), typed.get(i));
            }
        }
        return result;
    }

    /** The order within the call: the last arguments, of an ordered-set aggregate. */
    private static RelCollation collation(AggregateCall call, AggregateOperator operator) {
        if (operator.withinGroup().isEmpty()) {
            return call.getCollation();
        }
        List<RelFieldCollation> fields = new ArrayList<>();
        int direct = call.getArgList().size() - operator.withinGroup().size();
        for (int i = 0; i < operator.withinGroup().size(); i++) {
            AggregateOperator.Direction direction = operator.withinGroup().get(i);
            fields.add(new RelFieldCollation(call.getArgList().get(direct + i), direction.direction(), direction.nulls()));
        }
        return RelCollations.of(fields);
    }

    private RexNode field(RelNode input, int index) {
        RexNode field = input instanceof Project project ? project.getProjects().get(index) : rex.makeInputRef(input, index);
        return Rex.isUntyped(field) ? field : rex.makeInputRef(input, index);
    }

    private static RelNode withField(RelNode input, int index, RexNode expression) {
        Project project = (Project) input;
        List<RexNode> expressions = new ArrayList<>(project.getProjects());
        expressions.set(index, expression);
        return LogicalProject.create(project.getInput(), List.of(), expressions, project.getRowType().getFieldNames(),
                project.getVariablesSet());
    }

    @Override
    protected RelNode convertSetOp(SqlCall call) {
        RelNode left = convertQueryRecursive(call.operand(0), false, null).project();
        RelNode right = convertQueryRecursive(call.operand(1), false, null).project();
        return new SetOperations(environment, validator).convert(call, left, right);
    }

    @Override
    public RelNode convertValues(SqlCall values, @Nullable RelDataType targetRowType) {
        Blackboard board = createBlackboard(validator.getOverScope(values), null, false);
        return new ValuesConverter(environment, getCluster()).convert(values, board::convertExpression,
                validator.getValidatedNodeType(values)
                        .getFieldNames());
    }

    @Override
    protected void convertFrom(Blackboard board, @Nullable SqlNode from, @Nullable List<String> fieldNames) {
        if (from != null && from.getKind() == SqlKind.VALUES) {
            RelNode plan = convertValues((SqlCall) from, null);
            board.setRoot(fieldNames == null ? plan : RelOptUtil.createRename(plan, fieldNames), true);
        } else {
            super.convertFrom(board, from, fieldNames);
        }
    }

    @Override
    protected void convertCollectionTable(Blackboard board, SqlCall call) {
        TableFunctionOperator operator = (TableFunctionOperator) call.getOperator();
        List<RexNode> arguments = call.getOperandList().stream().map(board::convertExpression).toList();
        FunctionCall function = functions.resolve(operator.overloads(), FunctionCalls.text(operator.functionName()), arguments,
                Spread.PLAIN);
        RelDataType row = new TableFunctions(environment).rowType(operator, function);
        environment.functionLog().function(function.function(), FunctionCalls.text(operator.functionName()),
                environment.positions().of(call.getParserPosition()));
        RexNode rexCall = rex.call(new PgFunction(function.function()), function.result(), functions.typed(function, arguments));
        if (operator.ordinality() == TableFunctionOperator.Ordinality.COLUMN) {
            rexCall = rex.call(PgSyntax.of(Construct.WITH_ORDINALITY), function.result(), List.of(rexCall));
        }
        board.setRoot(LogicalTableFunctionScan.create(getCluster(), List.of(), rexCall, null, row, Set.of()), true);
    }

    /** The plan with every literal typed that nothing has given a type yet. */
    RelNode finish(RelNode plan) {
        RelNode typed = untyped.type(plan);
        SpecialDates.log(typed, environment.functionLog());
        return typed;
    }
}
