package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.rules.Delta;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.calcite.rel.RelNode;

/** The partial aggregates of a delta, staged, one row a group; and the same aggregates over live rows. */
record GroupStage(Workshop workshop, Groups groups, GroupState state) {

    ManagedTable table() {
        List<StoredColumn> columns = new ArrayList<>(groups.keyColumns());
        state.components().forEach(c -> columns.add(StoredColumn.of(c.name(), c.type())));
        state.stagedSigns().forEach(s -> columns.add(s.column()));
        return new ManagedTable(workshop.stageName(), columns, List.of(),
                workshop.ofCompanion(groups));
    }

    /** @param delta of the aggregate's input */
    String fill(Delta delta) {
        Delta rows = new Delta(delta.terms().stream().map(this::inputsOf).toList());
        List<String> names = new ArrayList<>(Groups.concat(groups.keyNames(), state.names()));
        List<String> values = new ArrayList<>();
        groups.keyNames().forEach(key -> values.add("delta." + key));
        state.components().forEach(c -> values.add(c.ofDelta()));
        state.stagedSigns().forEach(sign -> {
            names.add(sign.column().name());
            values.add(sign.value());
        });
        return "INSERT INTO " + workshop.stage() + " (" + Sql.names(names) + ")\nSELECT " + Sql.list(values) + "\nFROM "
                + Sql.derived(workshop.text().of(rows, deltaNames()), "delta") + "\nGROUP BY "
                + Sql.names("delta", groups.keyNames());
    }

    /** The columns of a delta's term that are needed, and its weight. */
    private RelNode inputsOf(RelNode term) {
        int weight = term.getRowType().getFieldCount() - 1;
        return groups.columns(term,
                Stream.of(groups.inputPositions(), state.inputs(), List.of(weight)).flatMap(List::stream).toList(),
                deltaNames());
    }

    private List<String> deltaNames() {
        return Stream.of(groups.keyNames(), state.inputNames(), List.of(ChangeTable.WEIGHT)).flatMap(List::stream).toList();
    }

    /**
     * A query of one row a group: the keys, then {@code values}.
     *
     * @param rows a plan like the aggregate's input
     * @param values over {@code live}
     */
    String live(RelNode rows, List<String> values) {
        RelNode inputs = groups.columns(rows, Groups.concat(groups.inputPositions(), state.inputs()),
                Groups.concat(groups.keyNames(), state.inputNames()));
        List<String> columns = new ArrayList<>();
        groups.keyNames().forEach(key -> columns.add("live." + key));
        columns.addAll(values);
        return "SELECT " + Sql.list(columns) + "\nFROM " + Sql.derived(workshop.text().of(inputs), "live") + "\nGROUP BY "
                + Sql.names("live", groups.keyNames());
    }
}
