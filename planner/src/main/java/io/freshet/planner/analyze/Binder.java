package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.OutputName;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgTypeName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the parser's tree for Calcite's validator: relations get their full names, aggregates and functions in FROM their operators,
 * output columns the names PostgreSQL gives them. Changes the tree in place.
 */
final class Binder {
    private final Environment environment;
    private final ColumnNames columns;
    private final MergedJoins mergedJoins;
    private final DependentColumns dependentColumns;
    private final OrderByNames orderBy;
    private final Relations relations;
    private final ExpressionBinder expressions;

    Binder(Environment environment) {
        this.environment = environment;
        this.columns = new ColumnNames(environment.catalog());
        this.mergedJoins = new MergedJoins(environment, columns);
        this.dependentColumns = new DependentColumns(environment.catalog(), columns);
        this.orderBy = new OrderByNames(environment, columns);
        this.relations = new Relations(environment, this);
        this.expressions = new ExpressionBinder(environment, this);
    }

    /** The common table expressions that can be seen, with their columns as far as these can be told. */
    record Scope(Map<String, Optional<List<String>>> commonTables) {
        static final Scope EMPTY = new Scope(Map.of());

        Scope with(String name, Optional<List<String>> columns) {
            Map<String, Optional<List<String>>> tables = new HashMap<>(commonTables);
            tables.put(name, columns);
            return new Scope(tables);
        }

        boolean has(String name) {
            return commonTables.containsKey(name);
        }

        Optional<List<String>> columns(String name) {
            return commonTables.getOrDefault(name, Optional.empty());
        }
    }

    /** Whose output columns give untyped literals their types. */
    enum Place {
        /** A query of its own: an untyped literal is text. */
        QUERY,
        /** A branch of a set operation: the branches decide together. */
        BRANCH
    }

    Relations relations() {
        return relations;
    }

    ColumnNames columns() {
        return columns;
    }

    MergedJoins mergedJoins() {
        return mergedJoins;
    }

    SqlNode query(SqlNode node, Scope scope, Place place) {
        return switch (node) {
            case SqlSelect select -> select(select, scope, place);
            case SqlOrderBy ordered -> orderBy(ordered, scope, place);
            case SqlWith with -> with(with, scope, place);
            case SqlCall call when call.getKind() == SqlKind.VALUES -> values(call, scope);
            case SqlCall call when SqlKind.SET_QUERY.contains(call.getKind()) -> {
                for (int i = 0; i < call.operandCount(); i++) {
                    call.setOperand(i, query(call.operand(i), scope, Place.BRANCH));
                }
                yield call;
            }
            default -> throw new IllegalArgumentException("not a query: " + node.getKind());
        };
    }

    /** VALUES by itself is a SELECT from it, which gives its columns PostgreSQL's names. */
    private SqlNode values(SqlCall values, Scope scope) {
        SqlParserPos pos = values.getParserPosition();
        List<SqlNode> operands = new ArrayList<>(List.of(expressions.bind(values, scope), new SqlIdentifier("*VALUES*", pos)));
        columns.of(values, scope).orElseThrow().forEach(n -> operands.add(new SqlIdentifier(n, SqlParserPos.ZERO)));
        SqlNode from = SqlStdOperatorTable.AS.createCall(pos, operands);
        return new SqlSelect(pos, null, SqlNodeList.of(SqlIdentifier.star(pos)), from, null, null, null, null, null, null, null,
                null, null);
    }

    private SqlNode orderBy(SqlOrderBy ordered, Scope scope, Place place) {
        if (ordered.fetch instanceof SqlCall call && call.getOperator().equals(PgOperators.WITH_TIES)) {
            throw unsupported("FETCH FIRST .. WITH TIES", call);
        }
        if (ordered.query instanceof SqlSelect select && DistinctOn.isIn(select)) {
            return DistinctOn.rewrite(ordered, select, s -> select((SqlSelect) s, scope, place), l -> expressions.bind(l, scope));
        }
        refuseColumns("LIMIT", ordered.fetch);
        refuseColumns("OFFSET", ordered.offset);
        SqlNode query = query(ordered.query, scope, place);
        SqlNodeList order = orderBy.qualify(mergedJoins.replaceIn(expressions.bind(ordered.orderList, scope), query, scope),
                query, scope);
        if (query instanceof SqlSelect select) {
            dependentColumns.addTo(select, scope, order.getList());
        }
        return new SqlOrderBy(ordered.getParserPosition(), query, order, expressions.bindNullable(ordered.offset, scope),
                expressions.bindNullable(ordered.fetch, scope));
    }
    private void refuseColumns(String clause, @Nullable SqlNode count) {
        if (count != null) {
            count.accept(new SqlBasicVisitor<@Nullable Void>() {
                @Override
                public @Nullable Void visit(SqlIdentifier id) {
                    throw environment.positions().locate(FreshetException.of(ErrorCode.INVALID_QUERY,
                            "argument of " + clause + " must not contain variables"), id.getParserPosition());
                }
            });
        }
    }

    private SqlNode with(SqlWith with, Scope scope, Place place) {
        Scope visible = scope;
        List<SqlNode> items = new ArrayList<>();
        for (SqlNode node : with.withList) {
            SqlWithItem item = (SqlWithItem) node;
            String name = item.name.getSimple();
            Scope inside = item.recursive.booleanValue() ? visible.with(name, columns(item, visible)) : visible;
            item.query = query(item.query, inside, Place.QUERY);
            Optional<List<String>> names = columns(item, inside);
            if (item.columnList != null && names.isPresent()) {
                item.columnList = new SqlNodeList(
                        names.get().stream().map(n -> new SqlIdentifier(n, item.columnList.getParserPosition()))
                                .toList(),
                        item.columnList.getParserPosition());
            }
            items.add(item);
            visible = visible.with(name, names);
        }
        return new SqlWith(with.getParserPosition(), new SqlNodeList(items, with.withList.getParserPosition()),
                query(with.body, visible, place));
    }

    /** A column list can be shorter than the columns. */
    private Optional<List<String>> columns(SqlWithItem item, Scope scope) {
        List<String> given = item.columnList == null ? List.of() : SqlIdentifier.simpleNames(item.columnList);
        return columns.of(item.query, scope)
                .map(names -> Stream.concat(given.stream(), names.stream().skip(given.size())).toList())
                .or(() -> given.isEmpty() ? Optional.empty() : Optional.of(given));
    }

    /** What the body of a bound WITH sees. */
    static Scope inside(SqlWith with, Scope scope, ColumnNames columns) {
        Scope visible = scope;
        for (SqlNode node : with.withList) {
            SqlWithItem item = (SqlWithItem) node;
            Optional<List<String>> names = item.columnList == null
                    ? columns.of(item.query, visible)
                    : Optional.of(SqlIdentifier.simpleNames(item.columnList));
            visible = visible.with(item.name.getSimple(), names);
        }
        return visible;
    }

    private SqlNode select(SqlSelect select, Scope scope, Place place) {
        if (DistinctOn.isIn(select)) {
            return DistinctOn.rewrite(null, select, s -> select((SqlSelect) s, scope, place), l -> expressions.bind(l, scope));
        }
        SqlNode from = select.getFrom();
        if (from != null) {
            select.setFrom(relations.bind(from, scope));
        }
        SqlNodeList items = new SqlNodeList(select.getSelectList().getParserPosition());
        for (SqlNode item : select.getSelectList()) {
            items.add(selectItem(item, scope, place));
        }
        select.setSelectList(items);
        select.setWhere(expressions.bindCondition(select.getWhere(), scope));
        select.setGroupBy(expressions.bindNullable(select.getGroup(), scope));
        select.setHaving(expressions.bindCondition(select.getHaving(), scope));
        select.setQualify(expressions.bindNullable(select.getQualify(), scope));
        for (int i = 0; i < select.getWindowList().size(); i++) {
            select.getWindowList().set(i, expressions.bind(select.getWindowList().get(i), scope));
        }
        mergedJoins.replaceIn(select, scope);
        dependentColumns.addTo(select, scope, List.of());
        return select;
    }

    private SqlNode selectItem(SqlNode item, Scope scope, Place place) {
        if (item instanceof SqlIdentifier id && id.isStar()) {
            return item;
        }
        if (item instanceof SqlCall call && call.getOperator().equals(PgOperators.EXPAND)) {
            throw unsupported("(composite).*", call);
        }
        String name = OutputName.of(item);
        SqlNode written = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
        SqlNode bound = expressions.bind(written, scope);
        if (place == Place.QUERY && isUntyped(written)) {
            bound = PgOperators.CAST.createCall(written.getParserPosition(), bound,
                    PgTypeName.system("text").toNode(written.getParserPosition()));
        }
        SqlIdentifier alias = item.getKind() == SqlKind.AS
                ? ((SqlCall) item).operand(1)
                : new SqlIdentifier(name, SqlParserPos.ZERO);
        return SqlStdOperatorTable.AS.createCall(item.getParserPosition(), bound, alias);
    }

    static boolean isUntyped(SqlNode node) {
        return node instanceof SqlLiteral literal
                && (literal.getValue() == null
                        || SqlKind.LITERAL == literal.getKind() && literal.getTypeName().getFamily() == SqlTypeFamily.CHARACTER);
    }

    FreshetException unsupported(String construct, SqlNode node) {
        return environment.positions().locate(
                FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, construct + " is not supported"), node.getParserPosition());
    }
}
