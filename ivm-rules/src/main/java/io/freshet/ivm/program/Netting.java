package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.analysis.Equality;
import io.freshet.planner.print.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Groups rows by identity, also where {@code =} is coarser than that, or missing. */
final class Netting {
    private Netting() {
    }

    /**
     * Stages the sum of the weights of each row, rows whose changes cancel left out.
     *
     * @param delta a query with these columns and the weight
     */
    static String stage(String stage, List<StoredColumn> columns, String delta) {
        List<String> names = deltaNames(columns);
        List<String> values = new ArrayList<>(columns.stream().map(column -> value("delta", column)).toList());
        String weight = "sum(delta." + ChangeTable.WEIGHT + ")";
        values.add(weight);
        return "INSERT INTO " + stage + " (" + Sql.names(names) + ")\nSELECT " + Sql.list(values) + "\nFROM "
                + Sql.derived(delta, "delta")
                + "\nGROUP BY " + String.join(", ", identity("delta", columns)) + "\nHAVING " + weight + " <> 0";
    }

    /** The names of a delta's columns, its weight last. */
    static List<String> deltaNames(List<StoredColumn> columns) {
        return Stream.concat(columns.stream().map(StoredColumn::name), Stream.of(ChangeTable.WEIGHT)).toList();
    }

    /** The expressions that tell different rows apart. */
    static List<String> identity(String alias, List<StoredColumn> columns) {
        return columns.stream().flatMap(column -> {
            String name = Sql.name(alias, column.name());
            return switch (column.equality()) {
                case IDENTITY -> Stream.of(name);
                case COARSE -> Stream.of(name, name + "::text");
                case TEXT_ONLY -> Stream.of(name + "::text");
            };
        }).toList();
    }

    /** The conditions under which two rows are the same. */
    static List<String> same(String left, String right, List<StoredColumn> columns) {
        List<String> leftSide = identity(left, columns);
        List<String> rightSide = identity(right, columns);
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < leftSide.size(); i++) {
            conditions.add(leftSide.get(i) + " IS NOT DISTINCT FROM " + rightSide.get(i));
        }
        return conditions;
    }

    /** A column that is grouped by {@link #identity}. */
    private static String value(String alias, StoredColumn column) {
        String name = alias + '.' + Quoting.identifier(column.name());
        return column.equality() == Equality.TEXT_ONLY ? name + "::text::" + column.type() : name;
    }
}
