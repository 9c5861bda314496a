package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Step;
import io.freshet.ivm.analysis.Equality;
import io.freshet.ivm.rules.Delta;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.calcite.rel.RelNode;

/**
 * The rows of a linear query that has a key. After netting, a key has at most one row that goes and one that comes: rows that go for good
 * are deleted, the others are upserted.
 *
 * @param plan the query with its key carried to the top
 * @param columns of the plan: the query's, then the hidden ones
 * @param visible how many of them are the query's
 * @param key names of columns that never hold NULL
 */
public record KeyedRows(Workshop workshop, RelNode plan, List<StoredColumn> columns, int visible,
        List<String> key) implements Maintenance {
    public KeyedRows {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    @Override
    public String description() {
        return "rows by their key (" + String.join(", ", key) + ")";
    }

    @Override
    public List<ManagedTable> tables() {
        List<ManagedTable.Index> unique = key.isEmpty()
                ? List.of()
                : List.of(new ManagedTable.Index(ManagedNames.index(workshop.streamTable(), "key"), key,
                        ManagedTable.Uniqueness.UNIQUE));
        List<StoredColumn> staged = Stream.concat(columns.stream(), Stream.of(StoredColumn.of(ChangeTable.WEIGHT, "bigint")))
                .toList();
        return Sql.concat(List.of(
                new ManagedTable(workshop.streamTable(), columns, unique,
                        workshop.ofTable()),
                new ManagedTable(workshop.stageName(), staged, List.of(),
                        workshop.ofCompanion())),
                gatherer().tables());
    }

    @Override
    public List<Step> populate() {
        List<String> names = columns.stream().map(StoredColumn::name).toList();
        String rows = visible == columns.size()
                ? "SELECT " + Sql.names("query", names) + "\nFROM " + workshop.query().derived("query", names)
                : workshop.text().of(gatherer().whole());
        return List.of(workshop.reading("Fill the table from the query.",
                "INSERT INTO " + workshop.table() + " (" + Sql.names(names) + ")\n" + rows));
    }

    @Override
    public List<Step> program(Set<TableName> changed) {
        Gatherer.Gathered<Delta> gathered = gatherer().delta(changed);
        String delta = workshop.text().of(gathered.rows(), Netting.deltaNames(columns));
        return Sql.concat(gathered.steps(), List.of(
                workshop.staging("Stage the net change of every row.", Netting.stage(workshop.stage(), columns, delta)),
                workshop.merging("Delete the rows whose key is gone.", delete()),
                workshop.merging("Write the rows that are new or have new values.", upsert()),
                workshop.emptyStage()));
    }

    private Gatherer gatherer() {
        return Gatherer.ofRows(workshop, plan);
    }

    private String delete() {
        List<String> conditions = new ArrayList<>();
        conditions.add("gone." + ChangeTable.WEIGHT + " < 0");
        key.forEach(k -> conditions.add(Sql.name("target", k) + " = " + Sql.name("gone", k)));
        List<String> back = new ArrayList<>();
        back.add("back." + ChangeTable.WEIGHT + " > 0");
        key.forEach(k -> back.add(Sql.name("back", k) + " = " + Sql.name("gone", k)));
        // A key can come back equal but not identical (1.0 as 1.00): then the old row goes and a new one is inserted.
        columns.stream().filter(c -> key.contains(c.name()) && c.equality() == Equality.COARSE)
                .forEach(c -> back.add(Sql.name("back", c.name()) + "::text = " + Sql.name("gone", c.name()) + "::text"));
        conditions.add("NOT EXISTS (SELECT 1 FROM " + workshop.stage() + " AS back\n                  WHERE "
                + String.join("\n                    AND ", back) + ")");
        return "DELETE FROM " + workshop.table() + " AS target\nUSING " + workshop.stage() + " AS gone\nWHERE "
                + Sql.and(conditions);
    }

    private String upsert() {
        List<String> names = columns.stream().map(StoredColumn::name).toList();
        List<String> values = names.stream().filter(n -> !key.contains(n))
                .map(n -> Quoting.identifier(n) + " = EXCLUDED." + Quoting.identifier(n)).toList();
        return "INSERT INTO " + workshop.table() + " AS target (" + Sql.names(names) + ")\nSELECT " + Sql.names("fresh", names)
                + "\nFROM " + workshop.stage() + " AS fresh\nWHERE fresh." + ChangeTable.WEIGHT + " > 0\nON CONFLICT ("
                + Sql.names(key) + ") DO "
                + (values.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(",\n    ", values));
    }
}
