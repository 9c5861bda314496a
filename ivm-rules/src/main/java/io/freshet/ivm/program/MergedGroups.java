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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.util.Pair;

/**
 * Groups whose aggregates follow from what is kept of each group: the delta's partial aggregates are merged into the state, and the stream
 * table's rows of the groups that were touched are made anew from it. Live tables are read only for groups that lost an extremum or a
 * number that a sum cannot give back.
 */
public record MergedGroups(Workshop workshop, Groups groups, GroupState state) implements Maintenance {

    public static MergedGroups of(Workshop workshop, Groups groups, List<AggregateRule> rules) {
        return new MergedGroups(workshop, groups, GroupState.of(groups.aggregate(), rules));
    }

    @Override
    public String description() {
        return "groups by their keys, merged from what is kept of each";
    }

    @Override
    public List<ManagedTable> tables() {
        List<String> storedKey = IntStream.range(0, groups.count()).mapToObj(groups::storedKeyName).toList();
        Optional<ManagedTable.Distribution> companions = workshop.ofCompanion(groups);
        List<StoredColumn> kept = new ArrayList<>(groups.keyColumns());
        state.components().forEach(c -> kept.add(StoredColumn.of(c.name(), c.type())));
        kept.add(StoredColumn.of(ChangeTable.EPOCH, "bigint"));
        return Sql.concat(List.of(
                new ManagedTable(workshop.streamTable(), groups.storedColumns(),
                        List.of(unique(ManagedNames.index(workshop.streamTable(), "key"), storedKey)),
                        workshop.ofTable()),
                new ManagedTable(workshop.stateName(), kept,
                        List.of(unique(ManagedNames.index(workshop.streamTable(), "state_key"), groups.keyNames()),
                                new ManagedTable.Index(ManagedNames.index(workshop.streamTable(), "state_epoch"),
                                        List.of(ChangeTable.EPOCH),
                                        ManagedTable.Uniqueness.NOT_UNIQUE)),
                        companions),
                stage().table()), gatherer().tables());
    }

    private static ManagedTable.Index unique(String name, List<String> key) {
        return new ManagedTable.Index(name, key, ManagedTable.Uniqueness.UNIQUE);
    }

    @Override
    public List<Step> populate() {
        List<String> names = storedNames();
        return List.of(workshop.reading("Fill the state from the query's groups.", aggregateLive(gatherer().whole())),
                workshop.merging("Fill the table from the state.",
                        "INSERT INTO " + workshop.table() + " (" + Sql.names(names) + ")\n"
                                + workshop.text().of(groups.stored(kept(List.of())))));
    }

    @Override
    public List<Step> program(Set<TableName> changed) {
        Gatherer.Gathered<Delta> gathered = gatherer().delta(changed);
        List<Step> steps = new ArrayList<>(gathered.steps());
        steps.add(workshop.staging("Stage what changes in every group.", stage().fill(gathered.rows())));
        steps.add(workshop.merging("Merge it into the state.", merge()));
        steps.addAll(evaluateStaleGroups());
        steps.addAll(deleteFromTable("Delete the groups that have vanished", vanished()));
        groups.shape().having().ifPresent(having -> steps.addAll(
                deleteFromTable("Delete the groups that HAVING hides",
                        workshop.text().of(groups.hiddenByHaving(touched(), having)))));
        steps.add(workshop.merging("Write the groups that are new or have new values.", upsert()));
        steps.add(workshop.merging("Forget the groups that have vanished.",
                "DELETE FROM " + workshop.state() + "\nWHERE " + ChangeTable.EPOCH
                        + " = " + Step.EPOCH + " AND " + state.rows().name() + " = 0"));
        steps.add(workshop.emptyStage());
        return steps;
    }

    private String merge() {
        List<String> names = Groups.concat(groups.keyNames(), state.names());
        List<String> updates = new ArrayList<>(
                state.components().stream().map(c -> c.name() + " = " + c.merged(c.name())).toList());
        updates.add(ChangeTable.EPOCH + " = EXCLUDED." + ChangeTable.EPOCH);
        return "INSERT INTO " + workshop.state() + " AS kept (" + Sql.names(names) + ", " + ChangeTable.EPOCH + ")\nSELECT "
                + Sql.names("changed", names) + ", " + Step.EPOCH + "\nFROM " + workshop.stage() + " AS changed\nON CONFLICT ("
                + Sql.names(groups.keyNames()) + ") DO UPDATE SET " + String.join(",\n    ", updates);
    }

    private List<Step> evaluateStaleGroups() {
        if (state.signs().isEmpty()) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>();
        Gatherer gatherer = gatherer();
        List<KeyMatch.Rows> variants = groups.companionMatch().variants();
        for (int i = 0; i < variants.size(); i++) {
            List<String> updates = new ArrayList<>(state.names().stream().map(n -> n + " = EXCLUDED." + n).toList());
            updates.add(ChangeTable.EPOCH + " = EXCLUDED." + ChangeTable.EPOCH);
            Gatherer.Gathered<RelNode> live = gatherer.live(i);
            steps.addAll(live.steps());
            steps.add(workshop.using("Evaluate again, from the live tables, the groups that lost what merging cannot give back"
                    + KeyMatch.suffix(variants.get(i)) + ".",
                    aggregateLive(live.rows()) + "\nON CONFLICT (" + Sql.names(groups.keyNames())
                            + ") DO UPDATE SET " + String.join(",\n    ", updates)));
        }
        return steps;
    }

    private Gatherer gatherer() {
        List<RelNode> stale = state.signs().isEmpty()
                ? List.of()
                : groups.companionMatch().variants().stream().map(rows -> groups.rowsOf(stale(rows), rows)).toList();
        return Gatherer.ofGroups(workshop, groups, stale);
    }

    /** The keys of the groups that have to be evaluated again. */
    private RelNode stale(KeyMatch.Rows rows) {
        List<String> conditions = new ArrayList<>(groups.companionMatch().conditions("changed", "kept", rows));
        conditions.add("kept." + state.rows().name() + " > 0");
        conditions.add(state.signs().stream().map(sign -> sign.condition("kept." + sign.component().name()))
                .collect(Collectors.joining(" OR ", "(", ")")));
        String keys = "SELECT " + Sql.names("changed", groups.keyNames()) + "\nFROM " + workshop.stage() + " AS changed\n  JOIN "
                + workshop.state() + " AS kept ON " + String.join("\n    AND ", conditions);
        return SqlLeaf.of(groups.cluster(), workshop.keys(keys, "stale"), keyFields());
    }

    /** The state of all groups that {@code rows}, a plan like the aggregate's input, has. */
    private String aggregateLive(RelNode rows) {
        return "INSERT INTO " + workshop.state() + " AS kept (" + Sql.names(Groups.concat(groups.keyNames(), state.names()))
                + ", " + ChangeTable.EPOCH + ")\n"
                + stage().live(rows,
                        Groups.concat(state.components().stream().map(Component::ofLive).toList(), List.of(Step.EPOCH)));
    }

    private GroupStage stage() {
        return new GroupStage(workshop, groups, state);
    }

    private List<Step> deleteFromTable(String comment, String keys) {
        KeyMatch match = groups.storedMatch();
        return match.variants().stream()
                .map(rows -> workshop.merging(comment + KeyMatch.suffix(rows) + ".", "DELETE FROM " + workshop.table()
                        + " AS target\nUSING " + Sql.derived(keys, "gone") + "\nWHERE "
                        + Sql.and(match.conditions("target", "gone", rows))))
                .toList();
    }

    private String vanished() {
        return "SELECT " + Sql.names("kept", groups.keyNames()) + "\nFROM " + workshop.state() + " AS kept\nWHERE kept."
                + ChangeTable.EPOCH
                + " = " + Step.EPOCH + " AND kept." + state.rows().name() + " = 0";
    }

    private String upsert() {
        List<String> key = IntStream.range(0, groups.count()).mapToObj(groups::storedKeyName).toList();
        List<String> updates = storedNames().stream().filter(n -> !key.contains(n))
                .map(n -> Sql.names(List.of(n)) + " = EXCLUDED." + Sql.names(List.of(n))).toList();
        return "INSERT INTO " + workshop.table() + " AS target (" + Sql.names(storedNames()) + ")\n"
                + workshop.text().of(groups.stored(touched())) + "\nON CONFLICT (" + Sql.names(key) + ") DO "
                + (updates.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(",\n    ", updates));
    }

    /** The aggregate's rows of the groups that this epoch has touched. */
    private RelNode touched() {
        return kept(List.of("kept." + ChangeTable.EPOCH + " = " + Step.EPOCH, "kept." + state.rows().name() + " > 0"));
    }

    /** The aggregate's rows, from the state. */
    private RelNode kept(List<String> conditions) {
        List<String> values = new ArrayList<>();
        groups.keyNames().forEach(key -> values.add("kept." + key));
        List<Pair<String, RelDataType>> columns = new ArrayList<>(keyFields());
        for (int i = 0; i < state.values().size(); i++) {
            String name = "__pgt_v" + (i + 1);
            values.add(state.values().get(i).sql() + " AS " + name);
            columns.add(Pair.of(name, groups.aggregate().getRowType().getFieldList().get(groups.count() + i).getType()));
        }
        String sql = "SELECT " + Sql.list(values) + "\nFROM " + workshop.state() + " AS kept"
                + (conditions.isEmpty() ? "" : "\nWHERE " + Sql.and(conditions));
        return SqlLeaf.of(groups.cluster(), Relation.Query.of(sql).as("touched"), columns);
    }

    private List<Pair<String, RelDataType>> keyFields() {
        return IntStream.range(0, groups.count()).mapToObj(key -> Pair.of(Groups.keyName(key), groups.keyType(key))).toList();
    }

    private List<String> storedNames() {
        return groups.storedColumns().stream().map(StoredColumn::name).toList();
    }
}
