package io.freshet.ivm.program;

import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Step;
import io.freshet.ivm.analysis.AggregateRule;
import io.freshet.ivm.rules.Delta;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.planner.print.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.Pair;

/**
 * Groups whose query shows all that has to be kept of them: {@code SELECT k, count(*), sum(x) .. GROUP BY k} over an x that is never NULL.
 * The stream table is its own state, and the delta's partial aggregates are merged into its rows.
 *
 * @param shown what each output column shows: a component, or else a key
 */
public record ShownGroups(Workshop workshop, Groups groups, GroupState state,
        List<Optional<Component>> shown) implements Maintenance {

    /** Empty when something has to be kept that the query does not show, or when groups are hidden. */
    public static Optional<Maintenance> of(Workshop workshop, Groups groups, List<AggregateRule> rules) {
        GroupState state = GroupState.of(groups.aggregate(), rules);
        List<Optional<Component>> shown = new ArrayList<>();
        for (RexNode output : groups.shape().outputs()) {
            if (!(output instanceof RexInputRef reference)) {
                return Optional.empty();
            }
            int call = reference.getIndex() - groups.count();
            Optional<Component> component = call < 0 ? Optional.empty() : state.values().get(call).component();
            if (call >= 0 && component.isEmpty()) {
                return Optional.empty();
            }
            shown.add(component);
        }
        boolean all = state.components().stream().allMatch(c -> shown.contains(Optional.of(c)));
        return all && groups.shape().having().isEmpty()
                ? Optional.of(new ShownGroups(workshop, groups, state, List.copyOf(shown)))
                : Optional.empty();
    }

    @Override
    public String description() {
        return "groups by their keys, merged in place";
    }

    @Override
    public List<ManagedTable> tables() {
        ManagedTable.Index key = new ManagedTable.Index(ManagedNames.index(workshop.streamTable(), "key"), storedKeys(),
                ManagedTable.Uniqueness.UNIQUE);
        return Sql.concat(List.of(
                new ManagedTable(workshop.streamTable(), groups.storedColumns(), List.of(key),
                        workshop.ofTable()),
                stage().table()), gatherer().tables());
    }

    @Override
    public List<Step> populate() {
        String rows = groups.hiddenKeys().isEmpty()
                ? "SELECT " + Sql.names("query", names()) + "\nFROM " + workshop.query().derived("query", names())
                : workshop.text().of(groups.stored(groups.over(gatherer().whole())));
        return List.of(workshop.reading("Fill the table from the query.",
                "INSERT INTO " + workshop.table() + " (" + Sql.names(names()) + ")\n" + rows));
    }

    @Override
    public List<Step> program(Set<TableName> changed) {
        Gatherer.Gathered<Delta> gathered = gatherer().delta(changed);
        List<Step> steps = new ArrayList<>(gathered.steps());
        steps.add(workshop.staging("Stage what changes in every group.", stage().fill(gathered.rows())));
        steps.add(workshop.merging("Merge it into the groups.", merge()));
        steps.addAll(evaluateStaleGroups());
        KeyMatch match = groups.storedMatch();
        for (KeyMatch.Rows rows : match.variants()) {
            List<String> conditions = new ArrayList<>(match.conditions("kept", "changed", rows));
            conditions.add(kept(state.rows()) + " = 0");
            steps.add(workshop.merging("Delete the groups that have vanished" + KeyMatch.suffix(rows) + ".",
                    "DELETE FROM " + workshop.table() + " AS kept\nUSING " + workshop.stage() + " AS changed\nWHERE "
                            + Sql.and(conditions)));
        }
        steps.add(workshop.emptyStage());
        return steps;
    }

    private String merge() {
        List<String> values = Groups.concat(groups.keyNames().stream().map(key -> "changed." + key).toList(),
                others("changed", c -> "changed." + c.name()));
        return insert() + "SELECT " + String.join(", ", values) + "\nFROM " + workshop.stage() + " AS changed"
                + onConflict((component, column) -> component.merged(column));
    }

    private List<Step> evaluateStaleGroups() {
        if (state.signs().isEmpty()) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>();
        Gatherer gatherer = gatherer();
        List<KeyMatch.Rows> variants = groups.storedMatch().variants();
        for (int i = 0; i < variants.size(); i++) {
            Gatherer.Gathered<RelNode> live = gatherer.live(i);
            steps.addAll(live.steps());
            steps.add(workshop.using("Evaluate again, from the live tables, the groups that lost what merging cannot give back"
                    + KeyMatch.suffix(variants.get(i)) + ".",
                    insert() + stage().live(live.rows(), others("live", Component::ofLive))
                            + onConflict((component, column) -> "EXCLUDED." + column)));
        }
        return steps;
    }

    private Gatherer gatherer() {
        List<RelNode> stale = state.signs().isEmpty()
                ? List.of()
                : groups.storedMatch().variants().stream().map(rows -> groups.rowsOf(stale(rows), rows)).toList();
        return Gatherer.ofGroups(workshop, groups, stale);
    }

    /** The keys of the groups that have to be evaluated again. */
    private RelNode stale(KeyMatch.Rows rows) {
        List<String> conditions = new ArrayList<>(groups.storedMatch().conditions("kept", "changed", rows));
        conditions.add(kept(state.rows()) + " > 0");
        conditions.add(state.signs().stream().map(sign -> sign.condition(kept(sign.component())))
                .collect(Collectors.joining(" OR ", "(", ")")));
        String keys = "SELECT " + Sql.names("changed", groups.keyNames()) + "\nFROM " + workshop.stage() + " AS changed\n  JOIN "
                + workshop.table() + " AS kept ON " + String.join("\n    AND ", conditions);
        List<Pair<String, RelDataType>> columns = IntStream.range(0, groups.count())
                .mapToObj(key -> Pair.of(Groups.keyName(key), groups.keyType(key))).toList();
        return SqlLeaf.of(groups.cluster(), workshop.keys(keys, "stale"), columns);
    }

    private String insert() {
        List<String> columns = Groups.concat(storedKeys(), otherOutputs().stream().map(groups.shape().names()::get).toList());
        return "INSERT INTO " + workshop.table() + " AS kept (" + Sql.names(columns) + ")\n";
    }

    private String onConflict(BiFunction<Component, String, String> value) {
        List<String> updates = new ArrayList<>();
        for (int output : otherOutputs()) {
            String column = Quoting.identifier(groups.shape().names().get(output));
            shown.get(output).ifPresent(component -> updates.add(column + " = " + value.apply(component, column)));
        }
        return "\nON CONFLICT (" + Sql.names(storedKeys()) + ") DO UPDATE SET " + String.join(",\n    ", updates);
    }

    /** What the outputs show that are not the stored keys; a key that is selected twice is one of them. */
    private List<String> others(String alias, Function<Component, String> value) {
        return otherOutputs().stream().map(output -> shown.get(output).map(value)
                .orElseGet(
                        () -> Sql.name(alias, Groups.keyName(((RexInputRef) groups.shape().outputs().get(output)).getIndex()))))
                .toList();
    }

    private List<Integer> otherOutputs() {
        List<String> keys = storedKeys();
        return IntStream.range(0, shown.size()).filter(i -> !keys.contains(groups.shape().names().get(i))).boxed().toList();
    }

    /** The column that shows a component. */
    private String kept(Component component) {
        return Sql.name("kept", groups.shape().names().get(shown.indexOf(Optional.of(component))));
    }

    private List<String> storedKeys() {
        return IntStream.range(0, groups.count()).mapToObj(groups::storedKeyName).toList();
    }

    private List<String> names() {
        return groups.storedColumns().stream().map(StoredColumn::name).toList();
    }

    private GroupStage stage() {
        return new GroupStage(workshop, groups, state);
    }
}
