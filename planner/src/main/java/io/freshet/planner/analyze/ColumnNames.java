package io.freshet.planner.analyze;

import io.freshet.parser.ast.OutputName;
import io.freshet.planner.analyze.Binder.Scope;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.functions.FunctionInfo;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.parser.SqlParserPos;

/** The names of the columns of bound relations and queries; empty where only their types could tell them. */
final class ColumnNames {
    private final Catalog catalog;
    private final Map<SqlJoin, List<Visible>> merged = new IdentityHashMap<>();

    /** A column that {@code *} shows, and the expression that it is. */
    record Visible(String name, SqlNode reference) {
        boolean isMerged() {
            return !(reference instanceof SqlIdentifier);
        }
    }

    ColumnNames(Catalog catalog) {
        this.catalog = catalog;
    }

    /** Remembers what a join shows whose USING has been taken apart. */
    void put(SqlJoin join, List<Visible> columns) {
        merged.put(join, columns);
    }

    boolean hasMerged(SqlNode from) {
        return from instanceof SqlJoin join
                && (merged.containsKey(join) || hasMerged(join.getLeft()) || hasMerged(join.getRight()));
    }

    /** What a FROM clause shows. */
    Optional<List<Visible>> visible(SqlNode from, Scope scope) {
        return switch (from) {
            case SqlJoin join when merged.containsKey(join) -> Optional.of(merged.get(join));
            case SqlJoin join -> visible(join.getLeft(), scope)
                    .flatMap(left -> visible(join.getRight(), scope).map(right -> concat(left, right)));
            case SqlIdentifier id -> ofRelation(id, scope).map(names -> qualified(id.names.getLast(), names));
            case SqlCall call when call.getKind() == SqlKind.AS -> aliased(call, scope)
                    .map(names -> qualified(((SqlIdentifier) call.operand(1)).getSimple(), names));
            default -> of(from, scope)
                    .map(names -> names.stream().map(n -> new Visible(n, new SqlIdentifier(n, SqlParserPos.ZERO))).toList());
        };
    }

    private static List<Visible> concat(List<Visible> left, List<Visible> right) {
        List<Visible> all = new ArrayList<>(left);
        all.addAll(right);
        return all;
    }

    private static List<Visible> qualified(String alias, List<String> names) {
        return names.stream().map(n -> new Visible(n, new SqlIdentifier(List.of(alias, n), SqlParserPos.ZERO))).toList();
    }

    private Optional<List<String>> aliased(SqlCall as, Scope scope) {
        if (as.operandCount() > 2) {
            return Optional.of(as.getOperandList().stream().skip(2).map(c -> ((SqlIdentifier) c).getSimple()).toList());
        }
        return of(as.operand(0), scope);
    }

    /** The columns of a relation or query, without what an alias makes of them. */
    Optional<List<String>> of(SqlNode node, Scope scope) {
        return switch (node) {
            case SqlIdentifier id -> ofRelation(id, scope);
            case SqlSelect select -> ofSelect(select, scope);
            case SqlOrderBy ordered -> of(ordered.query, scope);
            case SqlWith with -> of(with.body, Binder.inside(with, scope, this));
            case SqlCall call when SqlKind.SET_QUERY.contains(call.getKind()) -> of(call.operand(0), scope);
            case SqlCall call when call.getKind() == SqlKind.VALUES -> Optional.of(IntStream
                    .rangeClosed(1, ((SqlCall) call.operand(0)).operandCount()).mapToObj(i -> "column" + i).toList());
            case SqlCall call when call.getOperator() instanceof TableFunctionOperator function -> ofFunction(function);
            case SqlCall call when call.getKind() == SqlKind.LATERAL || call.getKind() == SqlKind.COLLECTION_TABLE
                    || call.getKind() == SqlKind.TABLESAMPLE ->
                of(call.operand(0), scope);
            default -> Optional.empty();
        };
    }

    private Optional<List<String>> ofRelation(SqlIdentifier id, Scope scope) {
        return id.isSimple()
                ? scope.columns(id.getSimple())
                : catalog.table(new TableName(id.names.getFirst(), id.names.getLast()))
                        .map(t -> t.columns().stream().map(Column::name).toList());
    }

    private Optional<List<String>> ofSelect(SqlSelect select, Scope scope) {
        List<String> names = new ArrayList<>();
        for (SqlNode item : select.getSelectList()) {
            if (!(item instanceof SqlIdentifier id && id.isStar())) {
                names.add(OutputName.of(item));
                continue;
            }
            Optional<List<Visible>> shown = select.getFrom() == null ? Optional.empty() : visible(select.getFrom(), scope);
            if (shown.isEmpty()) {
                return Optional.empty();
            }
            shown.get().stream().filter(v -> id.names.size() == 1 || isOf(v, id.names.get(id.names.size() - 2)))
                    .forEach(v -> names.add(v.name()));
        }
        return Optional.of(names);
    }

    private static boolean isOf(Visible column, String alias) {
        return column.reference() instanceof SqlIdentifier id && id.names.size() > 1 && id.names.getFirst().equals(alias);
    }

    private static Optional<List<String>> ofFunction(TableFunctionOperator function) {
        List<String> names = new ArrayList<>();
        if (function.overloads().stream().allMatch(f -> f.outputs().isEmpty())) {
            names.add(function.alias());
        } else if (function.overloads().size() == 1) {
            function.overloads().getFirst().outputs().stream().map(FunctionInfo.Argument::name).forEach(names::add);
        } else {
            return Optional.empty();
        }
        if (function.ordinality() == TableFunctionOperator.Ordinality.COLUMN) {
            names.add("ordinality");
        }
        return Optional.of(names);
    }
}
