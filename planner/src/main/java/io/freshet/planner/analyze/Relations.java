package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgValueFunction;
import io.freshet.planner.analyze.Binder.Place;
import io.freshet.planner.analyze.Binder.Scope;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.functions.ClosestName;
import io.freshet.planner.functions.FunctionInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Binds FROM clauses, and remembers every relation they name. */
final class Relations {
    private final Environment environment;
    private final Binder binder;
    private final Map<TableName, NamedTable> tables = new LinkedHashMap<>();
    private final Set<String> aliases = new HashSet<>();

    /** A relation and where the query names it first. */
    record NamedTable(Table table, SqlParserPos pos) {
    }

    Relations(Environment environment, Binder binder) {
        this.environment = environment;
        this.binder = binder;
    }

    /** In the order in which the query names them first. */
    List<NamedTable> tables() {
        return List.copyOf(tables.values());
    }

    /** The names by which the query knows its relations. */
    Set<String> aliases() {
        return aliases;
    }

    /** The columns of the tables that the query names, for hints. */
    List<String> columnNames() {
        return tables().stream().flatMap(t -> t.table().columns().stream()).map(Column::name).distinct().toList();
    }

    SqlNode bind(SqlNode from, Scope scope) {
        return switch (from.getKind()) {
            case IDENTIFIER -> relation((SqlIdentifier) from, scope);
            case AS -> alias((SqlCall) from, scope);
            case JOIN -> join((SqlJoin) from, scope);
            case LATERAL, COLLECTION_TABLE, TABLESAMPLE -> {
                SqlCall call = (SqlCall) from;
                call.setOperand(0, call.operand(0) instanceof SqlCall inner && isFunction(inner)
                        ? function(inner, scope)
                        : bind(call.operand(0), scope));
                yield call;
            }
            default -> binder.query(from, scope, Place.QUERY);
        };
    }

    private static boolean isFunction(SqlCall call) {
        return call.getOperator() instanceof SqlUnresolvedFunction || call.getOperator().equals(PgOperators.WITH_ORDINALITY)
                || call.getOperator().equals(PgOperators.ROWS_FROM) || call.getOperator().equals(PgOperators.COLUMN_DEFINITIONS);
    }

    private SqlNode join(SqlJoin join, Scope scope) {
        join.setLeft(bind(join.getLeft(), scope));
        join.setRight(bind(join.getRight(), scope));
        SqlNode condition = join.getCondition();
        if (condition != null && join.getConditionType() == JoinConditionType.ON) {
            SqlNode bound = new ExpressionBinder(environment, binder).bindCondition(condition, scope);
            join.setOperand(5, binder.mergedJoins().replaceIn(bound, join, scope));
        }
        return binder.mergedJoins().takeApart(join, scope);
    }

    private SqlNode relation(SqlIdentifier id, Scope scope) {
        if (id.isSimple() && scope.has(id.getSimple())) {
            return id;
        }
        Table table = table(id);
        aliases.add(table.name().name());
        return new SqlIdentifier(List.of(table.name().schema(), table.name().name()), id.getParserPosition());
    }

    private Table table(SqlIdentifier id) {
        Optional<String> schema = id.isSimple() ? Optional.empty() : Optional.of(id.names.get(id.names.size() - 2));
        String name = id.names.getLast();
        Table table = environment.at(id.getParserPosition(), () -> environment.catalog().resolve(schema, name))
                .orElseThrow(() -> undefined(id, name));
        tables.putIfAbsent(table.name(), new NamedTable(table, id.getParserPosition()));
        return table;
    }

    private FreshetException undefined(SqlIdentifier id, String name) {
        if (isOfTheSystem(id)) {
            return environment.positions().locate(FreshetException.of(ErrorCode.UNSUPPORTED_SOURCE,
                    "\"" + String.join(".", id.names) + "\" is a catalog of the system, whose changes cannot be captured"),
                    id.getParserPosition());
        }
        FreshetException error = FreshetException.of(ErrorCode.UNDEFINED_TABLE,
                "relation \"" + String.join(".", id.names) + "\" does not exist");
        List<String> known = environment.catalog().names().stream().map(TableName::name).distinct().toList();
        FreshetException hinted = ClosestName.of(name, known).map(n -> error.withHint("Perhaps you meant \"" + n + "\"."))
                .orElse(error);
        return environment.positions().locate(hinted, id.getParserPosition());
    }

    private static boolean isOfTheSystem(SqlIdentifier id) {
        return id.isSimple()
                ? id.getSimple().startsWith("pg_")
                : Set.of("pg_catalog", "information_schema").contains(id.names.get(id.names.size() - 2));
    }

    private SqlNode alias(SqlCall as, Scope scope) {
        SqlNode written = as.operand(0);
        List<SqlNode> operands = new ArrayList<>(as.getOperandList());
        aliases.add(((SqlIdentifier) as.operand(1)).getSimple());
        boolean values = written.getKind() == SqlKind.VALUES;
        operands.set(0, values ? new ExpressionBinder(environment, binder).bind(written, scope) : bind(written, scope));
        functionIn(operands.getFirst()).ifPresent(f -> f.setOperator(
                ((TableFunctionOperator) f.getOperator()).withAlias(((SqlIdentifier) operands.get(1)).getSimple())));
        boolean listed = values || operands.size() > 2;
        if (listed) {
            // PostgreSQL lets a column list be shorter than the columns; Calcite does not.
            int given = operands.size() - 2;
            binder.columns().of(operands.getFirst(), scope).ifPresent(
                    names -> names.stream().skip(given).forEach(n -> operands.add(new SqlIdentifier(n, SqlParserPos.ZERO))));
        }
        return SqlStdOperatorTable.AS.createCall(as.getParserPosition(), operands);
    }

    private static Optional<SqlBasicCall> functionIn(SqlNode from) {
        if (!(from instanceof SqlBasicCall call)) {
            return Optional.empty();
        }
        if (call.getOperator() instanceof TableFunctionOperator) {
            return Optional.of(call);
        }
        return call.getKind() == SqlKind.LATERAL || call.getKind() == SqlKind.COLLECTION_TABLE
                ? functionIn(call.operand(0))
                : Optional.empty();
    }

    private SqlNode function(SqlCall call, Scope scope) {
        if (call.getOperator().equals(PgOperators.WITH_ORDINALITY)) {
            return function(call.operand(0), scope, TableFunctionOperator.Ordinality.COLUMN);
        }
        if (!(call.getOperator() instanceof SqlUnresolvedFunction)) {
            throw binder.unsupported(call.getOperator().getName().replace('_', ' '), call);
        }
        return function(call, scope, TableFunctionOperator.Ordinality.NONE);
    }

    private SqlNode function(SqlCall call, Scope scope, TableFunctionOperator.Ordinality ordinality) {
        if (!(call.getOperator() instanceof SqlUnresolvedFunction function)
                || function instanceof PgValueFunction) {
            throw binder.unsupported("this function in FROM", call);
        }
        SqlIdentifier name = function.getNameAsId();
        List<FunctionInfo> overloads = new FunctionCalls(environment).overloads(name);
        ExpressionBinder expressions = new ExpressionBinder(environment, binder);
        List<SqlNode> arguments = call.getOperandList().stream().map(o -> expressions.bind(o, scope)).toList();
        return new TableFunctionOperator(name, overloads, ordinality).createCall(call.getParserPosition(), arguments);
    }
}
