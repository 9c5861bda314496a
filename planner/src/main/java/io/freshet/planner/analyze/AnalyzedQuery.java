package io.freshet.planner.analyze;

import io.freshet.planner.catalog.Table;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.sql.SqlNode;

/**
 * A query with every name resolved and every expression typed.
 *
 * @param tree the bound tree, with the positions of the user's text
 * @param plan as converted: sub-queries are expressions, nothing is rewritten
 * @param columnNames of the output; two can be equal, while the plan's are made unique
 * @param tables the base tables that are read, views expanded, in the order in which they are named first
 */
public record AnalyzedQuery(SqlNode tree, RelNode plan, List<String> columnNames, List<Table> tables,
        List<ChangingFunction> functions) {
    public AnalyzedQuery {
        columnNames = List.copyOf(columnNames);
        tables = List.copyOf(tables);
        functions = List.copyOf(functions);
    }
}
