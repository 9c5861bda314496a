package io.freshet.ivm;

import io.freshet.planner.OutputColumn;
import io.freshet.planner.PlannedQuery;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the server itself makes of a query. Its word is the last one: where Freshet's own reading says something else, the query's text is
 * evaluated by the server, and never a program that was derived from the other reading.
 *
 * @param columns names and types, no name twice: a view cannot have such; nullability is not known, and said to be possible
 * @param tables the relations that are read, views expanded, system catalogs included
 * @param changing what makes its result change by itself, in the words of SQL: {@code function random()}, {@code TABLESAMPLE}
 */
public record QueryDescription(List<OutputColumn> columns, Set<TableName> tables, Optional<String> changing) {
    public QueryDescription {
        columns = List.copyOf(columns);
        tables = Set.copyOf(tables);
    }

    /** One sentence that says how Freshet's reading differs from the server's; empty when both are the same. */
    public Optional<String> differenceFrom(PlannedQuery query) {
        List<String> theirs = texts(columns);
        List<String> ours = texts(query.columns());
        if (!theirs.equals(ours)) {
            return Optional.of("PostgreSQL gives the columns " + String.join(", ", theirs) + ", Freshet reads them as "
                    + String.join(", ", ours) + '.');
        }
        Set<TableName> read = query.tables().stream().map(Table::name).collect(Collectors.toSet());
        if (!tables.equals(read)) {
            return Optional.of("PostgreSQL reads " + names(tables) + ", Freshet " + names(read) + '.');
        }
        return Optional.empty();
    }

    private static List<String> texts(List<OutputColumn> columns) {
        return columns.stream().map(c -> c.name() + ' ' + c.type()).toList();
    }

    private static String names(Set<TableName> tables) {
        return tables.isEmpty()
                ? "no table"
                : tables.stream().sorted().map(TableName::toString).collect(Collectors.joining(", "));
    }
}
