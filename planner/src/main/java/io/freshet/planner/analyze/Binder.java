package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.OutputName;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgTypeName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.sql.SqlBasicCall;
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

/**
 * Prepares the parser's tree for Calcite's validator: relations get their full names, aggregates and functions in FROM their operators,
 * output columns the names PostgreSQL gives them. Changes the tree in place.
 */
final class Binder {
    private final Environment environment;
    private final Relations relations;
    private final ExpressionBinder expressions;

    Binder(Environment environment) {
        this.environment = environment;
        this.relations = new Relations(environment, this);
        this.expressions = new ExpressionBinder(environment, this);
    }

    /** The names of the common table expressions that can be seen. */
    record Scope(Set<String> commonTables) {
        static final Scope EMPTY = new Scope(Set.of());

        Scope with(String name) {
            Set<String> names = new HashSet<>(commonTables);
            names.add(name);
            return new Scope(names);
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
        columnNames(values).orElseThrow().forEach(n -> operands.add(new SqlIdentifier(n, SqlParserPos.ZERO)));
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
        return new SqlOrderBy(ordered.getParserPosition(), query(ordered.query, scope, place),
                expressions.bind(ordered.orderList, scope),
                expressions.bindNullable(ordered.offset, scope), expressions.bindNullable(ordered.fetch, scope));
    }

    private SqlNode with(SqlWith with, Scope scope, Place place) {
        Scope visible = scope;
        List<SqlNode> items = new ArrayList<>();
        for (SqlNode node : with.withList) {
            SqlWithItem item = (SqlWithItem) node;
            Scope inside = item.recursive.booleanValue() ? visible.with(item.name.getSimple()) : visible;
            item.query = query(item.query, inside, Place.QUERY);
            items.add(item);
            visible = visible.with(item.name.getSimple());
        }
        return new SqlWith(with.getParserPosition(), new SqlNodeList(items, with.withList.getParserPosition()),
                query(with.body, visible, place));
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
        select.setWhere(expressions.bindNullable(select.getWhere(), scope));
        select.setGroupBy(expressions.bindNullable(select.getGroup(), scope));
        select.setHaving(expressions.bindNullable(select.getHaving(), scope));
        select.setQualify(expressions.bindNullable(select.getQualify(), scope));
        for (int i = 0; i < select.getWindowList().size(); i++) {
            select.getWindowList().set(i, expressions.bind(select.getWindowList().get(i), scope));
        }
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

    private static boolean isUntyped(SqlNode node) {
        return node instanceof SqlLiteral literal
                && (literal.getValue() == null
                        || SqlKind.LITERAL == literal.getKind() && literal.getTypeName().getFamily() == SqlTypeFamily.CHARACTER);
    }

    FreshetException unsupported(String construct, SqlNode node) {
        return environment.positions().locate(
                FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, construct + " is not supported"), node.getParserPosition());
    }

    /** The names of a query's columns when they can be told without looking at its relations. */
    static Optional<List<String>> columnNames(SqlNode query) {
        return switch (query) {
            case SqlSelect select -> select.getSelectList().stream().anyMatch(i -> i instanceof SqlIdentifier id && id.isStar())
                    ? Optional.empty()
                    : Optional.of(select.getSelectList().stream().map(OutputName::of).toList());
            case SqlOrderBy ordered -> columnNames(ordered.query);
            case SqlWith with -> columnNames(with.body);
            case SqlBasicCall call when SqlKind.SET_QUERY.contains(call.getKind()) -> columnNames(call.operand(0));
            case SqlCall call when call.getKind() == SqlKind.VALUES -> Optional.of(IntStream
                    .rangeClosed(1, ((SqlCall) call.operand(0)).operandCount()).mapToObj(i -> "column" + i).toList());
            default -> Optional.empty();
        };
    }
}
