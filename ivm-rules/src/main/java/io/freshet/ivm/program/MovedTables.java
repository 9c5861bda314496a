package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.joins.Chain;
import io.freshet.ivm.joins.JoinRegion;
import io.freshet.ivm.rules.Scans;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Relation;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.util.Pair;

/**
 * The tables that rows go through on their way, one for each place and for each time a chain comes to it: no statement writes the table that it
 * reads. Chains share them, since each chain has emptied them before the next begins; so they have the columns of all.
 */
final class MovedTables {
    /** Holds the value by which a row finds its shard. */
    static final String TO = "__pgt_to";

    private final TableName streamTable;
    private final Gathering.Moving moving;
    private final Map<Stop, Table> tables = new LinkedHashMap<>();

    /** Where a table lies. */
    private record Stop(int colocationId, String type, int visit) {
    }

    MovedTables(TableName streamTable, Gathering.Moving moving) {
        this.streamTable = streamTable;
        this.moving = moving;
    }

    /** Adds what a chain needs. */
    void add(JoinRegion region, Chain chain) {
        Set<Integer> joined = new HashSet<>();
        Visits visits = new Visits();
        for (Chain.Leg leg : chain.legs()) {
            if (leg.arrival() instanceof Chain.Arrival.Shuffle shuffle) {
                Table table = table(region, shuffle, visits);
                stored(shuffle, region.neededLater(joined)).forEach(c -> table.add(region, c));
            }
            leg.inputs().forEach(i -> joined.addAll(region.columnsOf(i)));
        }
    }

    /** The columns that need a place besides {@link #TO}. */
    static List<Integer> stored(Chain.Arrival.Shuffle shuffle, List<Integer> needed) {
        return needed.stream().filter(c -> !shuffle.same().contains(c)).toList();
    }

    /** The table that a chain's next shuffle goes to. */
    Table table(JoinRegion region, Chain.Arrival.Shuffle shuffle, Visits visits) {
        TableScan target = (TableScan) region.inputs().get(region.inputOf(shuffle.distributionColumn()));
        int colocationId = ((Placement.Distributed) moving.placementOf(target)).colocationId();
        String type = withoutModifier(region.field(shuffle.distributionColumn()).getType());
        Stop stop = new Stop(colocationId, type, visits.next(colocationId));
        return tables.computeIfAbsent(stop,
                s -> new Table(ManagedNames.moved(streamTable, tables.size() + 1), type, Scans.nameOf(target)));
    }

    List<ManagedTable> all() {
        return tables.values().stream().map(Table::managed).toList();
    }

    /** Values may have more digits or characters than the column that they are compared with. */
    private static String withoutModifier(RelDataType type) {
        PgType known = PgTypes.of(type);
        if (known.modifier() < 0) {
            return known.text();
        }
        return known.oid() == Oids.BPCHAR ? "bpchar" : known.info().qualifiedName();
    }

    /** How often a chain has come to a place. */
    static final class Visits {
        private final Map<Integer, Integer> visits = new HashMap<>();

        int next(int colocationId) {
            return visits.merge(colocationId, 1, Integer::sum);
        }
    }

    /** One of the tables. */
    static final class Table {
        private final TableName name;
        private final String type;
        private final TableName beside;
        private final List<Pair<String, RelDataType>> columns = new ArrayList<>();
        private final Map<Wanted, String> names = new HashMap<>();

        /** A column as a region has it. */
        private record Wanted(String name, String type) {
        }

        Table(TableName name, String type, TableName beside) {
            this.name = name;
            this.type = type;
            this.beside = beside;
        }

        TableName name() {
            return name;
        }

        /** Columns of different branches of a UNION can have one name and different types. */
        private void add(JoinRegion region, int column) {
            Wanted wanted = wanted(region, column);
            if (!names.containsKey(wanted)) {
                String name = JoinRegion.unused(wanted.name(), new HashSet<>(names.values()));
                names.put(wanted, name);
                columns.add(Pair.of(name, region.field(column).getType()));
            }
        }

        /** The name of the column that holds a region's column. */
        String nameOf(JoinRegion region, int column) {
            return names.get(wanted(region, column));
        }

        private static Wanted wanted(JoinRegion region, int column) {
            return new Wanted(region.names(Set.of(TO, ChangeTable.WEIGHT)).get(column),
                    PgTypes.text(region.field(column).getType()));
        }

        private ManagedTable managed() {
            List<StoredColumn> stored = new ArrayList<>(List.of(StoredColumn.of(TO, type)));
            columns.forEach(c -> stored.add(StoredColumn.of(c.left, c.right)));
            stored.add(StoredColumn.of(ChangeTable.WEIGHT, "integer"));
            return new ManagedTable(name, stored, List.of(),
                    Optional.of(new ManagedTable.Distribution.ByColumn(TO, Optional.of(beside))));
        }

        /** Its rows as rows of a region. */
        ChainRows rows(JoinRegion region, Chain.Arrival.Shuffle shuffle, List<Integer> stored) {
            RelNode any = region.inputs().getFirst();
            List<Pair<String, RelDataType>> fields = new ArrayList<>();
            fields.add(Pair.of(TO, region.field(shuffle.distributionColumn()).getType()));
            fields.addAll(columns);
            fields.add(Pair.of(ChangeTable.WEIGHT, ChainRows.weightType(any)));
            RelNode leaf = SqlLeaf.of(any.getCluster(), Relation.Named.of(name).as("moved"), fields);
            Map<Integer, Integer> at = new HashMap<>();
            List<String> all = Pair.left(fields);
            stored.forEach(c -> at.put(c, all.indexOf(nameOf(region, c))));
            shuffle.same().forEach(c -> at.put(c, 0));
            at.put(ChainRows.sentBy(region), 0);
            return new ChainRows(region, leaf, at,
                    Optional.of(any.getCluster().getRexBuilder().makeInputRef(leaf, fields.size() - 1)));
        }
    }
}
