package io.freshet.ivm.compiler;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.Mirror;
import io.freshet.ivm.Output;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.print.Quoting;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.calcite.rel.core.TableScan;

/** The base tables of a query as the catalog knows them. */
final class PlannedSources {
    private static final String DISTRIBUTING = "create_distributed_table";

    private PlannedSources() {
    }

    static Table of(TableScan scan) {
        return Objects.requireNonNull(scan.getTable().unwrap(Table.class),
                () -> "not a table of the catalog: " + scan.getTable());
    }

    static Placement placementOf(TableScan scan) {
        return of(scan).placement();
    }

    /** The first key of a table, as positions in its scan. */
    static Optional<List<Integer>> keyOf(TableScan scan) {
        List<String> columns = scan.getRowType().getFieldNames();
        return of(scan).keys().stream().filter(key -> !key.isEmpty()).map(key -> key.stream().map(columns::indexOf).toList())
                .findFirst();
    }

    /** @throws FreshetException UNSUPPORTED_SOURCE for a relation whose changes nobody can see */
    static List<FullRefreshReason> check(List<Table> tables, Catalog catalog) {
        Cluster cluster = hasCitus(catalog) ? Cluster.CITUS : Cluster.PLAIN;
        return tables.stream().flatMap(table -> check(table, cluster)).toList();
    }

    /** Only on Citus the daemon looks at each cut whether a source consists of the same tables. */
    private enum Cluster {
        CITUS,
        PLAIN
    }

    /** Whether tables can be distributed. */
    static boolean hasCitus(Catalog catalog) {
        return !catalog.objects().functions(DISTRIBUTING).isEmpty()
                || catalog.names().stream().flatMap(name -> catalog.table(name).stream())
                        .anyMatch(table -> !(table.placement() instanceof Placement.Local));
    }

    /**
     * The tables that are read through mirrors: those without shards, when others have some or the stream table lies on other nodes, too. Only a
     * stream table on the coordinator can read the coordinator's own copies. The tables of a distributed schema always are.
     */
    static List<Table> mirrored(List<Table> tables, Output output) {
        boolean onCoordinator = output instanceof Output.Local
                && tables.stream().allMatch(table -> switch (table.placement()) {
                    case Placement.Local local -> true;
                    case Placement.Reference reference -> true;
                    case Placement.SchemaShard shard -> false;
                    case Placement.SingleShard shard -> false;
                    case Placement.Distributed distributed -> false;
                });
        return onCoordinator ? List.of() : tables.stream().filter(Mirror::isNeededFor).toList();
    }

    /** A mirror's rows are found by their key. */
    static Stream<FullRefreshReason> whyNoMirror(Table table) {
        return table.keys().stream().anyMatch(key -> !key.isEmpty())
                ? Stream.of()
                : Stream.of(new FullRefreshReason("reference or local table without a key",
                        table.name()
                                + " is read beside distributed tables, which needs a mirror of it on every node, and its rows have no"
                                + " key by which they are found there.",
                        Optional.of("ALTER TABLE " + Quoting.table(table.name()) + " ADD PRIMARY KEY (..);"), Optional.empty()));
    }

    /** What moves are rows of shards. */
    static FullRefreshReason mirrorsDoNotMove(List<Table> mirrored) {
        return new FullRefreshReason("join that is not co-located, with a reference or local table",
                "Distributed tables are joined that are not co-located, and beside them " + mirrored.getFirst().name()
                        + " is read, which has no shards.",
                Optional.of(
                        "Make a stream table of the join of the distributed tables, or distribute them by the columns that join them."),
                Optional.empty());
    }

    private static Stream<FullRefreshReason> check(Table table, Cluster cluster) {
        Stream<FullRefreshReason> ofColumns = table.columns().stream()
                .filter(c -> c.collation() == Column.Collation.NOT_DETERMINISTIC)
                .map(c -> reason("collation that is not deterministic", table, "different values of column " + c.name()
                        + " can be equal, so the changes of rows and groups cannot be told apart."));
        return switch (table.kind()) {
            case TABLE, VIEW -> ofColumns;
            case FOREIGN_TABLE -> throw unsupported(table, "a foreign table: its changes are not in this cluster's WAL",
                    "Copy what is needed into a table.");
            case MATERIALIZED_VIEW -> throw unsupported(table, "a materialized view: its changes are not decoded from the WAL",
                    "Write the view's query, or make the view a stream table.");
            case INHERITANCE_PARENT ->
                throw unsupported(table, "a table with inheritance children: their changes are not seen as its own",
                        "Make it a partitioned table, or name the children with UNION ALL.");
            case PARTITIONED_TABLE -> cluster == Cluster.CITUS
                    ? ofColumns
                    : Stream.of(reason("partitioned table", table,
                            "ATTACH and DETACH PARTITION change its rows without a change of a row."));
            case PARTITION -> Stream.of(reason("partition", table,
                    "its changes are published under the name of its root; ATTACH and DETACH change the rows that are its own."));
            case STREAM_TABLE ->
                Stream.of(reason("stream table as a source", table, "the delta of a stream table is not read yet."));
        };
    }

    private static FreshetException unsupported(Table table, String what, String hint) {
        return FreshetException.of(ErrorCode.UNSUPPORTED_SOURCE, table.name() + " is " + what).withHint(hint);
    }

    private static FullRefreshReason reason(String operator, Table table, String why) {
        return new FullRefreshReason(operator, table.name() + ": " + why, Optional.empty(), Optional.empty());
    }
}
