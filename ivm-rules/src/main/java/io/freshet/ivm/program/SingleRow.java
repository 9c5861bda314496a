package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Step;
import io.freshet.ivm.analysis.AggregateRule;
import io.freshet.ivm.rules.Delta;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.util.Pair;

/**
 * An aggregate without GROUP BY: exactly one group, also when no row is left. Its state is one row that is never deleted; the stream table's
 * row is made anew each time, as HAVING may hide it.
 */
public record SingleRow(Workshop workshop, Groups groups, GroupState state) implements Maintenance {
    /** boolean: always true, so that there can be only one row. */
    private static final String ONLY = "__pgt_only";

    public static SingleRow of(Workshop workshop, Groups groups, List<AggregateRule> rules) {
        return new SingleRow(workshop, groups, GroupState.of(groups.aggregate(), rules));
    }

    @Override
    public String description() {
        return "one row, merged from what is kept of all";
    }

    @Override
    public List<ManagedTable> tables() {
        List<StoredColumn> kept = new ArrayList<>(List.of(StoredColumn.of(ONLY, "boolean")));
        List<StoredColumn> staged = new ArrayList<>();
        state.components().forEach(c -> {
            kept.add(StoredColumn.of(c.name(), c.type()));
            staged.add(StoredColumn.of(c.name(), c.type()));
        });
        state.stagedSigns().forEach(sign -> staged.add(sign.column()));
        ManagedTable.Index only = new ManagedTable.Index(ManagedNames.index(workshop.streamTable(), "state_key"), List.of(ONLY),
                ManagedTable.Uniqueness.UNIQUE);
        return Sql.concat(List.of(new ManagedTable(workshop.streamTable(), groups.storedColumns(), List.of(), workshop.ofTable()),
                new ManagedTable(workshop.stateName(), kept, List.of(only), workshop.ofCompanion()),
                new ManagedTable(workshop.stageName(), staged, List.of(), workshop.ofCompanion())), gatherer().tables());
    }

    @Override
    public List<Step> populate() {
        return List.of(workshop.reading("Fill the state from the query's rows.", evaluate("")), fillTable());
    }

    @Override
    public List<Step> program(Set<TableName> changed) {
        Gatherer.Gathered<Delta> gathered = gatherer().delta(changed);
        List<Step> steps = new ArrayList<>(gathered.steps());
        steps.add(workshop.staging("Stage what changes.", stage(gathered.rows())));
        steps.add(workshop.merging("Merge it into the state.", "INSERT INTO " + workshop.state() + " AS kept (" + ONLY + ", "
                + Sql.names(state.names()) + ")\nSELECT true, " + Sql.names("changed", state.names()) + "\nFROM "
                + workshop.stage()
                + " AS changed\nON CONFLICT (" + ONLY + ") DO UPDATE SET "
                + state.components().stream().map(c -> c.name() + " = " + c.merged(c.name()))
                        .collect(Collectors.joining(",\n    "))));
        if (!state.signs().isEmpty()) {
            String stale = state.signs().stream().map(sign -> sign.condition("kept." + sign.component().name()))
                    .collect(Collectors.joining(" OR "));
            steps.add(workshop.using("Evaluate it again, from the live tables, if it lost what merging cannot give back.",
                    evaluate("\nWHERE EXISTS (SELECT 1 FROM " + workshop.stage() + " AS changed, " + workshop.state()
                            + " AS kept\n              WHERE "
                            + stale + ")")));
        }
        steps.add(workshop.merging("Empty the table.", "DELETE FROM " + workshop.table()));
        steps.add(fillTable());
        steps.add(workshop.emptyStage());
        return steps;
    }

    /** Whether it has to be evaluated again at times, from all live rows. */
    public boolean canBeStale() {
        return !state.signs().isEmpty();
    }

    private Gatherer gatherer() {
        return Gatherer.ofGroups(workshop, groups, List.of());
    }

    private String stage(Delta delta) {
        List<String> deltaNames = Stream.concat(state.inputNames().stream(), Stream.of(ChangeTable.WEIGHT)).toList();
        Delta rows = new Delta(delta.terms().stream().map(term -> {
            int weight = term.getRowType().getFieldCount() - 1;
            return groups.columns(term, Stream.concat(state.inputs().stream(), Stream.of(weight)).toList(), deltaNames);
        }).toList());
        List<String> names = new ArrayList<>(state.names());
        List<String> values = new ArrayList<>(state.components().stream().map(Component::ofDelta).toList());
        state.stagedSigns().forEach(sign -> {
            names.add(sign.column().name());
            values.add(sign.value());
        });
        return "INSERT INTO " + workshop.stage() + " (" + Sql.names(names) + ")\nSELECT " + Sql.list(values) + "\nFROM "
                + Sql.derived(workshop.text().of(rows, deltaNames), "delta");
    }

    /** Writes the state as the live tables have it, if {@code condition} holds. */
    private String evaluate(String condition) {
        RelNode whole = gatherer().whole();
        RelNode inputs = state.inputs().isEmpty() ? whole : groups.columns(whole, state.inputs(), state.inputNames());
        String aggregates = "SELECT " + Sql.list(state.components().stream().map(c -> c.ofLive() + " AS " + c.name()).toList())
                + "\nFROM "
                + Sql.derived(workshop.text().of(inputs), "live");
        return "INSERT INTO " + workshop.state() + " AS kept (" + ONLY + ", " + Sql.names(state.names()) + ")\nSELECT true, "
                + Sql.names("fresh", state.names()) + "\nFROM " + Sql.derived(aggregates, "fresh") + condition + "\nON CONFLICT ("
                + ONLY
                + ") DO UPDATE SET "
                + state.names().stream().map(n -> n + " = EXCLUDED." + n).collect(Collectors.joining(",\n    "));
    }

    private Step fillTable() {
        List<String> values = new ArrayList<>();
        List<Pair<String, RelDataType>> columns = new ArrayList<>();
        for (int i = 0; i < state.values().size(); i++) {
            String name = "__pgt_v" + (i + 1);
            values.add(state.values().get(i).sql() + " AS " + name);
            columns.add(Pair.of(name, groups.aggregate().getRowType().getFieldList().get(i).getType()));
        }
        String sql = "SELECT " + Sql.list(values) + "\nFROM " + workshop.state() + " AS kept";
        RelNode row = SqlLeaf.of(groups.cluster(), Relation.Query.of(sql).as("kept"), columns);
        List<String> names = groups.storedColumns().stream().map(StoredColumn::name).toList();
        return workshop.merging("Fill the table from the state.",
                "INSERT INTO " + workshop.table() + " (" + Sql.names(names) + ")\n" + workshop.text().of(groups.stored(row)));
    }
}
