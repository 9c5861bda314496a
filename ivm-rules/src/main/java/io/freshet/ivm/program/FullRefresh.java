package io.freshet.ivm.program;

import io.freshet.ivm.Step;
import io.freshet.ivm.Strategy;
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
public record FullRefresh(Workshop workshop, List<StoredColumn> columns) implements Maintenance {
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
                workshop.home().column().flatMap(workshop.home()::distribution)));
    }

    @Override
    public List<Step> populate() {
        List<String> names = columns.stream().map(StoredColumn::name).toList();
        return List.of(
                workshop.reading("Evaluate the query.", "INSERT INTO " + workshop.table() + " (" + Sql.names(names) + ")\nSELECT "
                        + Sql.names("query", names) + "\nFROM " + workshop.query().derived("query", names)));
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
