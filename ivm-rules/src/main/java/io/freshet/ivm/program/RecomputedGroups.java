package io.freshet.ivm.program;

import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Step;
import io.freshet.ivm.rules.Delta;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.util.Pair;

/**
 * Groups with an aggregate that cannot be merged: the groups of all changed rows are evaluated again from the live tables. Needs no state.
 */
public record RecomputedGroups(Workshop workshop, Groups groups, List<String> why) implements Maintenance {
    public RecomputedGroups {
        why = List.copyOf(why);
    }

    @Override
    public String description() {
        return "groups by their keys, evaluated again when they change: " + String.join("; ", why);
    }

    @Override
    public List<ManagedTable> tables() {
        List<String> key = IntStream.range(0, groups.count()).mapToObj(groups::storedKeyName).toList();
        ManagedTable.Index unique = new ManagedTable.Index(ManagedNames.index(workshop.streamTable(), "key"), key,
                ManagedTable.Uniqueness.UNIQUE);
        return Sql.concat(List.of(
                new ManagedTable(workshop.streamTable(), groups.storedColumns(), List.of(unique),
                        workshop.ofTable()),
                new ManagedTable(workshop.stageName(), groups.keyColumns(), List.of(),
                        workshop.ofCompanion(groups))),
                gatherer().tables());
    }

    @Override
    public List<Step> populate() {
        if (!groups.hiddenKeys().isEmpty()) {
            return List.of(
                    workshop.reading("Fill the table from the query.", insert(groups.stored(groups.over(gatherer().whole())))));
        }
        List<String> names = storedNames();
        return List
                .of(workshop.reading("Fill the table from the query.", "INSERT INTO " + workshop.table() + " (" + Sql.names(names)
                        + ")\nSELECT " + Sql.names("query", names) + "\nFROM " + workshop.query().derived("query", names)));
    }

    @Override
    public List<Step> program(Set<TableName> changed) {
        Gatherer gatherer = gatherer();
        Gatherer.Gathered<Delta> gathered = gatherer.delta(changed);
        Delta delta = groups.keysOf(gathered.rows());
        List<Step> steps = new ArrayList<>(gathered.steps());
        steps.add(workshop.staging("Stage the keys of the groups that have changed rows.",
                "INSERT INTO " + workshop.stage() + " (" + Sql.names(groups.keyNames()) + ")\nSELECT DISTINCT "
                        + Sql.names("delta", groups.keyNames()) + "\nFROM "
                        + Sql.derived(workshop.text().of(delta, groups.keyNames()), "delta")));
        KeyMatch match = groups.storedMatch();
        for (KeyMatch.Rows rows : match.variants()) {
            steps.add(workshop.merging("Delete these groups" + KeyMatch.suffix(rows) + ".", "DELETE FROM " + workshop.table()
                    + " AS target\nUSING " + workshop.stage() + " AS changed\nWHERE "
                    + Sql.and(match.conditions("target", "changed", rows))));
        }
        for (int i = 0; i < match.variants().size(); i++) {
            Gatherer.Gathered<RelNode> live = gatherer.live(i);
            steps.addAll(live.steps());
            steps.add(workshop.using("Evaluate these groups again" + KeyMatch.suffix(match.variants().get(i)) + ".",
                    insert(groups.stored(groups.over(live.rows())))));
        }
        steps.add(workshop.emptyStage());
        return steps;
    }

    private Gatherer gatherer() {
        return Gatherer.ofGroups(workshop, groups,
                groups.storedMatch().variants().stream().map(rows -> groups.rowsOf(stagedKeys(), rows)).toList());
    }

    private RelNode stagedKeys() {
        List<Pair<String, RelDataType>> columns = IntStream.range(0, groups.count())
                .mapToObj(key -> Pair.of(Groups.keyName(key), groups.keyType(key))).toList();
        return SqlLeaf.of(groups.cluster(), workshop.home() instanceof Home.Elsewhere
                // Citus broadcasts a sub-query that is not co-located, but no table.
                ? workshop.keys("SELECT " + Sql.names(groups.keyNames()) + "\nFROM " + workshop.stage(), "changed")
                : Relation.Named.of(workshop.stageName()).as("changed"), columns);
    }

    private String insert(RelNode rows) {
        return "INSERT INTO " + workshop.table() + " (" + Sql.names(storedNames()) + ")\n" + workshop.text().of(rows);
    }

    private List<String> storedNames() {
        return groups.storedColumns().stream().map(StoredColumn::name).toList();
    }
}
