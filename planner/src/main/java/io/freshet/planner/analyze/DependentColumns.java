package io.freshet.planner.analyze;

import io.freshet.planner.analyze.Binder.Scope;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * GROUP BY a table's key lets its other columns be used: they are added to GROUP BY, which makes the same groups.
 */
final class DependentColumns {
    private final Catalog catalog;
    private final ColumnNames columns;

    DependentColumns(Catalog catalog, ColumnNames columns) {
        this.catalog = catalog;
        this.columns = columns;
    }

    /** @param used what stands outside the select and is computed from its groups: its ORDER BY */
    void addTo(SqlSelect select, Scope scope, List<SqlNode> used) {
        SqlNodeList group = select.getGroup();
        if (group == null || select.getFrom() == null || !group.stream().allMatch(DependentColumns::isExpression)) {
            return;
        }
        Map<String, Table> tables = new LinkedHashMap<>();
        collect(select.getFrom(), tables);
        Set<List<String>> grouped = new LinkedHashSet<>();
        References references = new References(select.getFrom(), scope);
        group.forEach(g -> references.qualified(g).ifPresent(grouped::add));
        tables.entrySet().removeIf(t -> !isGroupedByKey(t, grouped));
        if (tables.isEmpty()) {
            return;
        }
        Set<List<String>> dependent = new LinkedHashSet<>();
        for (SqlNode node : expressions(select, used)) {
            collect(node, references, tables, dependent);
        }
        dependent.removeAll(grouped);
        List<SqlNode> all = new ArrayList<>(group.getList());
        dependent.forEach(d -> all.add(new SqlIdentifier(d, SqlParserPos.ZERO)));
        select.setGroupBy(new SqlNodeList(all, group.getParserPosition()));
    }

    private static boolean isExpression(SqlNode item) {
        return switch (item.getKind()) {
            case GROUPING_SETS, ROLLUP, CUBE, ROW -> false;
            default -> !(item instanceof SqlNodeList);
        };
    }

    private void collect(SqlNode from, Map<String, Table> tables) {
        switch (from) {
            case SqlJoin join -> {
                collect(join.getLeft(), tables);
                collect(join.getRight(), tables);
            }
            case SqlIdentifier id when id.names.size() == 2 -> table(id).ifPresent(t -> tables.put(id.names.getLast(), t));
            case SqlCall as when as.getKind() == SqlKind.AS && as.operandCount() == 2 && as.operand(0) instanceof SqlIdentifier id
                    && id.names.size() == 2 ->
                table(id).ifPresent(t -> tables.put(((SqlIdentifier) as.operand(1)).getSimple(), t));
            default -> {
            }
        }
    }

    private Optional<Table> table(SqlIdentifier id) {
        return catalog.table(new TableName(id.names.getFirst(), id.names.getLast()));
    }

    private static boolean isGroupedByKey(Map.Entry<String, Table> table, Set<List<String>> grouped) {
        return table.getValue().keys().stream().limit(1)
                .anyMatch(key -> key.stream().allMatch(c -> grouped.contains(List.of(table.getKey(), c))));
    }

    private static List<SqlNode> expressions(SqlSelect select, List<SqlNode> used) {
        List<SqlNode> expressions = new ArrayList<>(select.getSelectList().getList());
        if (select.getHaving() != null) {
            expressions.add(select.getHaving());
        }
        if (select.getQualify() != null) {
            expressions.add(select.getQualify());
        }
        expressions.addAll(select.getWindowList().getList());
        expressions.addAll(used);
        return expressions;
    }

    private static void collect(SqlNode node, References references, Map<String, Table> tables, Set<List<String>> dependent) {
        node.accept(new SqlBasicVisitor<@Nullable Void>() {
            @Override
            public @Nullable Void visit(SqlIdentifier id) {
                if (id.isStar()) {
                    // The star of count(*) names no column.
                    if (id != node) {
                        return null;
                    }
                    tables.forEach((alias, table) -> {
                        if (id.names.size() == 1 || id.names.get(id.names.size() - 2).equals(alias)) {
                            table.columns().stream().map(Column::name).forEach(c -> dependent.add(List.of(alias, c)));
                        }
                    });
                } else {
                    references.qualified(id).filter(
                            q -> tables.containsKey(q.getFirst()) && tables.get(q.getFirst()).column(q.get(1)).isPresent())
                            .ifPresent(dependent::add);
                }
                return null;
            }
        });
    }

    /** Columns by their table's alias. */
    private final class References {
        private final List<ColumnNames.Visible> visible;

        References(SqlNode from, Scope scope) {
            this.visible = columns.visible(from, scope).orElse(List.of());
        }

        /** Alias and column, when the node is one column of the FROM clause. */
        Optional<List<String>> qualified(SqlNode node) {
            if (!(node instanceof SqlIdentifier id) || id.isStar()) {
                return Optional.empty();
            }
            if (!id.isSimple()) {
                return Optional.of(List.of(id.names.get(id.names.size() - 2), id.names.getLast()));
            }
            List<ColumnNames.Visible> named = visible.stream().filter(v -> v.name().equals(id.getSimple())).toList();
            return named.size() == 1 && named.getFirst().reference() instanceof SqlIdentifier reference && !reference.isSimple()
                    ? Optional.of(reference.names)
                    : Optional.empty();
        }
    }
}
