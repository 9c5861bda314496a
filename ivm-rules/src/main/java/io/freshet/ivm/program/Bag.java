package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Step;
import io.freshet.ivm.rules.Delta;
import io.freshet.planner.catalog.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.calcite.rel.RelNode;

/**
 * The rows of a linear query without a key: duplicates are numbered 1..n, so that any number of them can go. Rows are found by a hash of
 * all columns; as different rows can have one hash, and equal ones can differ, every column is compared, too.
 *
 * @param plan the query
 * @param columns the query's
 */
public record Bag(Workshop workshop, RelNode plan, List<StoredColumn> columns) implements Maintenance {
    /** bigint: the hash of all columns. */
    static final String ROW_ID = "__pgt_row_id";

    /** integer: 1 for the first of identical rows, 2 for the second .. without gaps. */
    static final String DUPLICATE = "__pgt_dup";

    /** bigint in the stage: how many copies of a row the stream table has. */
    private static final String COPIES = "__pgt_copies";

    public Bag {
        columns = List.copyOf(columns);
    }

    @Override
    public String description() {
        return "a bag: rows by a hash of all columns, duplicates numbered";
    }

    @Override
    public List<ManagedTable> tables() {
        List<StoredColumn> stored = with(StoredColumn.of(ROW_ID, "bigint"), StoredColumn.of(DUPLICATE, "integer"));
        List<StoredColumn> staged = with(StoredColumn.of(ChangeTable.WEIGHT, "bigint"), StoredColumn.of(ROW_ID, "bigint"),
                StoredColumn.of(COPIES, "bigint"));
        ManagedTable.Index byHash = new ManagedTable.Index(ManagedNames.index(workshop.streamTable(), "row"), List.of(ROW_ID),
                ManagedTable.Uniqueness.NOT_UNIQUE);
        return Sql.concat(List.of(
                new ManagedTable(workshop.streamTable(), stored, List.of(byHash),
                        workshop.ofTable()),
                new ManagedTable(workshop.stageName(), staged, List.of(),
                        workshop.ofCompanion())),
                gatherer().tables());
    }

    @Override
    public List<Step> populate() {
        String duplicate = "row_number() OVER (PARTITION BY " + String.join(", ", Netting.identity("query", columns)) + ")";
        return List.of(workshop.reading("Fill the table from the query.",
                "INSERT INTO " + workshop.table() + " (" + Sql.names(names()) + ", " + ROW_ID + ", " + DUPLICATE + ")\nSELECT "
                        + Sql.names("query", names()) + ",\n       " + hash("query") + ",\n       " + duplicate + "\nFROM "
                        + workshop.query().derived("query", names())));
    }

    @Override
    public List<Step> program(Set<TableName> changed) {
        Gatherer.Gathered<Delta> gathered = gatherer().delta(changed);
        String delta = workshop.text().of(gathered.rows(), Netting.deltaNames(columns));
        return Sql.concat(gathered.steps(), List.of(
                workshop.staging("Stage the net change of every row.", Netting.stage(workshop.stage(), columns, delta)),
                workshop.merging("Hash the staged rows and count the copies that the table has of each.",
                        "UPDATE " + workshop.stage()
                                + " AS staged\nSET " + ROW_ID + " = " + hash("staged") + ",\n    " + COPIES
                                + " = (SELECT count(*) FROM "
                                + workshop.table() + " AS target\n        WHERE "
                                + String.join("\n          AND ", matches("target", "staged", hash("staged"))) + ")"),
                workshop.merging("Delete as many copies as have gone.", delete()),
                workshop.merging("Add as many copies as have come.", insert()),
                workshop.emptyStage()));
    }

    private Gatherer gatherer() {
        return Gatherer.ofRows(workshop, plan);
    }

    private String delete() {
        List<String> conditions = new ArrayList<>(List.of("gone." + ChangeTable.WEIGHT + " < 0"));
        conditions.addAll(matches("target", "gone", "gone." + ROW_ID));
        conditions.add("target." + DUPLICATE + " > gone." + COPIES + " + gone." + ChangeTable.WEIGHT);
        return "DELETE FROM " + workshop.table() + " AS target\nUSING " + workshop.stage() + " AS gone\nWHERE "
                + Sql.and(conditions);
    }

    private String insert() {
        return "INSERT INTO " + workshop.table() + " (" + Sql.names(names()) + ", " + ROW_ID + ", " + DUPLICATE + ")\nSELECT "
                + Sql.names("fresh", names()) + ", fresh." + ROW_ID + ", fresh." + COPIES + " + copy.number\nFROM "
                + workshop.stage()
                + " AS fresh\n  CROSS JOIN LATERAL generate_series(1, fresh." + ChangeTable.WEIGHT
                + ") AS copy (number)\nWHERE fresh."
                + ChangeTable.WEIGHT + " > 0";
    }

    /** A shard's row is equal to one of the same shard only. */
    private List<String> matches(String left, String right, String hashOfRight) {
        List<String> conditions = new ArrayList<>();
        workshop.home().column().ifPresent(c -> conditions.add(Sql.name(left, c) + " = " + Sql.name(right, c)));
        conditions.add(left + '.' + ROW_ID + " = " + hashOfRight);
        conditions.addAll(Netting.same(left, right, columns));
        return conditions;
    }

    private String hash(String alias) {
        return columns.stream().map(column -> switch (column.hashing()) {
            case BY_VALUE -> Sql.name(alias, column.name());
            case BY_TEXT -> Sql.name(alias, column.name()) + "::text";
        }).collect(Collectors.joining(", ", "hash_record_extended(ROW(", "), 0)"));
    }

    private List<String> names() {
        return columns.stream().map(StoredColumn::name).toList();
    }

    private List<StoredColumn> with(StoredColumn... more) {
        return Stream.concat(columns.stream(), Stream.of(more)).toList();
    }
}
