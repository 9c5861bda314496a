package io.freshet.planner.analyze;

import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgQuantifiedOperator;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.ast.PgValueFunction;
import io.freshet.planner.analyze.AggregateOperator.Direction;
import io.freshet.planner.analyze.Binder.Place;
import io.freshet.planner.analyze.Binder.Scope;
import io.freshet.planner.functions.FunctionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/** Binds the expressions of one query: aggregates, IN lists, queries within. */
final class ExpressionBinder {
    /** For these a FILTER within OVER is the same as NULL for the rows it drops. */
    private static final Set<String> IGNORING_NULLS = Set.of("count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every",
            "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp", "bit_and", "bit_or", "string_agg");

    private final Environment environment;
    private final Binder binder;

    ExpressionBinder(Environment environment, Binder binder) {
        this.environment = environment;
        this.binder = binder;
    }

    SqlNode bind(SqlNode node, Scope scope) {
        return node.accept(new Shuttle(scope));
    }

    SqlNodeList bind(SqlNodeList list, Scope scope) {
        return (SqlNodeList) list.accept(new Shuttle(scope));
    }

    @Nullable
    SqlNode bindNullable(@Nullable SqlNode node, Scope scope) {
        return node == null ? null : bind(node, scope);
    }

    @Nullable
    SqlNodeList bindNullable(@Nullable SqlNodeList list, Scope scope) {
        return list == null ? null : bind(list, scope);
    }

    /** A condition; an untyped literal is a boolean there. */
    @Nullable
    SqlNode bindCondition(@Nullable SqlNode node, Scope scope) {
        return node == null ? null : condition(bind(node, scope));
    }

    private static SqlNode condition(SqlNode node) {
        SqlParserPos pos = node.getParserPosition();
        return Binder.isUntyped(node) ? PgOperators.CAST.createCall(pos, node, PgTypeName.system("bool").toNode(pos)) : node;
    }

    private final class Shuttle extends SqlShuttle {
        private final Scope scope;

        Shuttle(Scope scope) {
            this.scope = scope;
        }

        @Override
        public SqlNode visit(SqlNodeList list) {
            List<SqlNode> bound = new ArrayList<>();
            list.forEach(n -> bound.add(n.accept(this)));
            return new SqlNodeList(bound, list.getParserPosition());
        }

        @Override
        public SqlNode visit(SqlCall call) {
            if (call.getKind().belongsTo(SqlKind.QUERY) && call.getKind() != SqlKind.VALUES) {
                return binder.query(call, scope, Place.QUERY);
            }
            return switch (call.getKind()) {
                case OVER -> over(call);
                case IN, NOT_IN -> in(call);
                case FILTER -> SqlStdOperatorTable.FILTER.createCall(call.getParserPosition(), call.operand(0).accept(this),
                        condition(call.operand(1).accept(this)));
                case WITHIN_GROUP -> withinGroup(call);
                case GROUPING -> GroupingOperator.INSTANCE.createCall(call.getParserPosition(), operands(call));
                default -> function(call);
            };
        }

        private SqlNode over(SqlCall call) {
            if (call.operand(0) instanceof SqlCall filter && filter.getKind() == SqlKind.FILTER) {
                SqlNode filtered = withFilterInside(filter);
                return super.visit(
                        (SqlCall) SqlStdOperatorTable.OVER.createCall(call.getParserPosition(), filtered, call.operand(1)));
            }
            return super.visit(call);
        }

        private SqlNode withFilterInside(SqlCall filter) {
            SqlCall aggregate = filter.operand(0);
            String name = aggregate.getOperator() instanceof SqlUnresolvedFunction f ? f.getNameAsId().names.getLast() : "";
            if (!IGNORING_NULLS.contains(name)) {
                throw binder.unsupported("FILTER with OVER of " + aggregate.getOperator().getName(), filter);
            }
            SqlParserPos pos = filter.getParserPosition();
            List<SqlNode> operands = new ArrayList<>(aggregate.getOperandList());
            SqlNode first = operands.getFirst();
            SqlNode counted = first instanceof SqlIdentifier id && id.isStar() ? SqlLiteral.createExactNumeric("1", pos) : first;
            operands.set(0, new SqlCase(pos, null, SqlNodeList.of(filter.operand(1)), SqlNodeList.of(counted),
                    SqlLiteral.createNull(pos)));
            return aggregate.getOperator().createCall(aggregate.getFunctionQuantifier(), aggregate.getParserPosition(), operands);
        }

        /** The order of an ordered-set aggregate is among its arguments; that inside another aggregate's call is not. */
        private SqlNode withinGroup(SqlCall call) {
            SqlCall aggregate = call.operand(0);
            SqlNodeList order = call.operand(1);
            if (!(aggregate.getOperator() instanceof SqlUnresolvedFunction function)
                    || aggregates(function.getNameAsId()).stream().noneMatch(FunctionInfo::isOrderedSet)) {
                return super.visit(call);
            }
            List<SqlNode> operands = new ArrayList<>(operands(aggregate));
            order.forEach(o -> operands.add(Direction.expression(o).accept(this)));
            return new AggregateOperator(function.getNameAsId(), aggregates(function.getNameAsId()),
                    order.stream().map(Direction::of).toList())
                    .createCall(aggregate.getParserPosition(), operands);
        }

        private List<FunctionInfo> aggregates(SqlIdentifier name) {
            Optional<String> schema = name.names.size() > 1
                    ? Optional.of(name.names.get(name.names.size() - 2))
                    : Optional.empty();
            return environment.resolver().functions(schema, name.names.getLast()).stream()
                    .filter(f -> f.kind() != FunctionInfo.Kind.FUNCTION).toList();
        }

        private SqlNode in(SqlCall call) {
            if (!(call.operand(1) instanceof SqlNodeList)) {
                return super.visit(call);
            }
            SqlNode list = ClauseOperators.IN_LIST.createCall(call.getParserPosition(), operands(call));
            return call.getKind() == SqlKind.IN ? list : SqlStdOperatorTable.NOT.createCall(call.getParserPosition(), list);
        }

        private List<SqlNode> operands(SqlCall call) {
            return call.getOperandList().stream().map(o -> o.accept(this)).toList();
        }

        private SqlNode function(SqlCall call) {
            if (call.getOperator() instanceof PgQuantifiedOperator quantified
                    && call.operand(1).getKind().belongsTo(SqlKind.QUERY)) {
                throw binder.unsupported(quantified.getName() + " with a query", call);
            }
            SqlNode visited = super.visit(call);
            if (!(visited instanceof SqlBasicCall bound && bound.getOperator() instanceof SqlUnresolvedFunction function)
                    || bound.getOperator() instanceof PgValueFunction) {
                return visited;
            }
            List<FunctionInfo> aggregates = aggregates(function.getNameAsId());
            return aggregates.isEmpty()
                    ? bound
                    : new AggregateOperator(function.getNameAsId(), aggregates, List.of()).createCall(
                            bound.getFunctionQuantifier(),
                            bound.getParserPosition(), bound.getOperandList());
        }
    }

}
