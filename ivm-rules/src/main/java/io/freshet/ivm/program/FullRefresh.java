package io.freshet.ivm.program;

import io.freshet.ivm.Mirror;
import io.freshet.ivm.Step;
import io.freshet.ivm.Strategy;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The whole query evaluated again.
 *
 * @param columns the query's
 */
public record FullRefresh(Workshop workshop, List<StoredColumn> columns, Sources sources) implements Maintenance {
    /** Where the rows of a query come from. */
    public enum Sources {
        WITH_SHARDS,
        WITHOUT_SHARDS;

        public static Sources of(List<Table> tables) {
            return tables.stream().allMatch(Mirror::isNeededFor) ? WITHOUT_SHARDS : WITH_SHARDS;
        }
    }

    public FullRefresh {
        columns = List.copyOf(columns);
    }

    @Override
    public String description() {
        return "the whole result, replaced";
    }

    @Override
    public List<ManagedTable> tables() {
        return List.of(new ManagedTable(workshop.streamTable(), columns, List.of(),
                workshop.ofTable()));
    }

    @Override
    public List<Step> populate() {
        List<String> names = columns.stream().map(StoredColumn::name).toList();
        return List.of(
                workshop.reading("Evaluate the query.", "INSERT INTO " + workshop.table() + " (" + Sql.names(names) + ")\nSELECT "
                        + Sql.names("query", names) + "\nFROM " + workshop.query().derived("query", names) + onCoordinator()));
    }

    /**
     * An INSERT .. SELECT among reference tables would be sent to every node, and each would read its own copies of the sources. Together with a table
     * that Citus does not know it is evaluated once.
     */
    private String onCoordinator() {
        return workshop.home() instanceof Home.OnEveryNode && sources == Sources.WITHOUT_SHARDS
                ? "\nWHERE EXISTS (SELECT FROM pgtrickle.installation)"
                : "";
    }

    @Override
    public List<Step> program(Set<TableName> changed) {
        List<Step> steps = new ArrayList<>(clear(this));
        steps.addAll(populate());
        return steps;
    }

    /** Empties all tables; readers keep seeing the old rows until the epoch commits. */
    public static List<Step> clear(Maintenance maintenance) {
        return maintenance.tables().stream()
                .map(table -> new Step("Empty " + table.name() + '.', "DELETE FROM " + Quoting.table(table.name()),
                        table.distribution().isPresent() ? Strategy.COLOCATED : Strategy.COORDINATOR, Step.WhenEmpty.GO_ON))
                .toList();
    }
}
