package io.freshet.ivm.compiler;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.Output;
import io.freshet.ivm.Strategy;
import io.freshet.ivm.analysis.Equality;
import io.freshet.ivm.analysis.NeverNull;
import io.freshet.ivm.analysis.QueryShape;
import io.freshet.ivm.analysis.Spread;
import io.freshet.ivm.program.Home;
import io.freshet.planner.OutputColumn;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.planner.types.PgTypes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;

/** Decides where a stream table lies, or why it cannot lie where the user wants it. */
final class HomeFinder {
    private final Catalog catalog;
    private final Output output;
    private final List<Table> sources;

    HomeFinder(Catalog catalog, Output output, List<Table> sources) {
        this.catalog = catalog;
        this.output = output;
        this.sources = sources;
    }

    /**
     * Why programs cannot keep it there although it can lie there: rows are found by their keys, which have to say on which shard they are.
     *
     * @throws FreshetException INVALID_DISTRIBUTION_COLUMN
     */
    Optional<FullRefreshReason> whyNoPrograms(QueryShape shape, Spread spread, List<OutputColumn> columns) {
        return switch (output) {
            case Output.Local local -> Optional.empty();
            case Output.Replicated replicated -> spread instanceof Spread.Scattered
                    ? Optional.of(new FullRefreshReason("copies of a join that is not co-located on every node",
                            "The rows of a join that is not co-located are brought together on shards or on the coordinator.",
                            Optional.of(
                                    "Leave output_placement out, or distribute the stream table by a source's distribution column."),
                            Optional.empty()))
                    : Optional.empty();
            case Output.Distributed distributed -> {
                int column = positionOf(distributed.column(), columns);
                yield keyOrColumn(shape, column).isEmpty()
                        ? Optional.of(changesItsShard(distributed.column()))
                        : spread instanceof Spread.Scattered && neighbour(distributed, shape, spread).isEmpty()
                                ? Optional.of(besideNoSource(distributed.column(), shape, spread))
                                : Optional.empty();
            }
        };
    }

    /** A join that is not co-located is brought together beside a source, or on the coordinator. */
    private FullRefreshReason besideNoSource(String column, QueryShape shape, Spread spread) {
        List<String> names = names(shape);
        List<String> possible = IntStream.range(0, names.size()).filter(i -> keyOrColumn(shape, i).isPresent())
                .filter(i -> spread.distributionColumns().values().stream().anyMatch(c -> keepsDistribution(shape, c, i)))
                .mapToObj(names::get).toList();
        return new FullRefreshReason("distribution by a column of no source",
                "The column \"" + column + "\" is not the distribution column of a source that the stream table is to lie with.",
                Optional.of(possible.isEmpty()
                        ? "Leave the distribution column out: the stream table then lies on the coordinator."
                        : "Distribute the stream table by one of these: " + String.join(", ", possible) + ", or leave it out."),
                Optional.empty());
    }

    private static FullRefreshReason changesItsShard(String column) {
        return new FullRefreshReason("distribution by what is computed of a group",
                "The column \"" + column
                        + "\" is no column of GROUP BY, so its value, and with it the shard of a group's row, changes"
                        + " when rows of the group do.",
                Optional.of("Distribute the stream table by a column of GROUP BY, or leave output_distribution_column out."),
                Optional.empty());
    }

    /** @throws FreshetException INVALID_DISTRIBUTION_COLUMN, UNDEFINED_TABLE */
    Home forPrograms(QueryShape shape, Spread spread) {
        return switch (output) {
            case Output.Local local -> onCoordinator();
            case Output.Replicated replicated -> {
                requireCitus();
                yield new Home.OnEveryNode();
            }
            case Output.Distributed distributed -> sharded(distributed, shape, spread);
        };
    }

    /** Where a table lies that is only ever replaced: any column can shard it. */
    Home forFullRefresh(List<OutputColumn> columns) {
        return switch (output) {
            case Output.Local local -> onCoordinator();
            case Output.Replicated replicated -> {
                requireCitus();
                yield new Home.OnEveryNode();
            }
            case Output.Distributed distributed -> {
                requireCitus();
                OutputColumn column = columns.get(positionOf(distributed.column(), columns));
                distributed.beside().ifPresent(table -> requireSameType(distributed.column(), column.type(), table));
                yield elsewhere(distributed);
            }
        };
    }

    private Home sharded(Output.Distributed wish, QueryShape shape, Spread spread) {
        requireCitus();
        List<String> names = names(shape);
        int position = names.indexOf(wish.column());
        requireValue(shape, position);
        Optional<Table> beside = wish.beside()
                .map(table -> requireSameType(wish.column(), PgTypes.text(type(shape, position)), table));
        Optional<Home> neighbour = neighbour(wish, shape, spread).map(table -> new Home.Beside(table.name(), wish.column()));
        return neighbour.orElseGet(() -> elsewhere(wish));
    }

    private Home elsewhere(Output.Distributed wish) {
        return new Home.Elsewhere(wish.beside(), wish.column(), anyShards() ? Strategy.BROADCAST : Strategy.SHUFFLE);
    }

    /** The table beside which rows lie already that the stream table is to lie with: a source, or the named one in a source's group. */
    private Optional<Table> neighbour(Output.Distributed wish, QueryShape shape, Spread spread) {
        int position = names(shape).indexOf(wish.column());
        Optional<Table> named = wish.beside().flatMap(catalog::table);
        return spread.distributionColumns().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .filter(group -> keepsDistribution(shape, group.getValue(), position))
                .filter(group -> named.isEmpty() || colocationOf(named.get()).equals(Optional.of(group.getKey()))).findFirst()
                .map(group -> named.orElseGet(() -> besides(group.getKey())));
    }

    private int positionOf(String column, List<OutputColumn> columns) {
        List<String> names = columns.stream().map(OutputColumn::name).toList();
        if (!names.contains(column)) {
            throw refused("there is no output column \"" + column + "\"")
                    .withHint("The query's columns are: " + String.join(", ", names) + ".");
        }
        return names.indexOf(column);
    }

    /** Citus takes no row without a value in the distribution column, and none whose type it cannot hash. */
    private static void requireValue(QueryShape shape, int output) {
        String name = names(shape).get(output);
        RelDataType type = type(shape, output);
        if (Equality.of(type) == Equality.TEXT_ONLY) {
            throw refused("the column \"" + name + "\" is of type " + PgTypes.text(type) + ", which cannot distribute a table")
                    .withHint("Choose another output column.");
        }
        boolean neverNull = switch (shape) {
            case QueryShape.Linear linear -> NeverNull.holds(linear.plan(), output);
            case QueryShape.Grouped grouped -> NeverNull.holds(grouped.aggregate().getInput(),
                    grouped.aggregate().getGroupSet().nth(keyOrColumn(shape, output).orElseThrow()));
        };
        if (!neverNull) {
            String quoted = Quoting.identifier(name);
            throw refused("the column \"" + name
                    + "\" can be NULL, as far as is known, and Citus takes no row with NULL in the distribution column")
                    .withHint("Select coalesce(" + quoted + ", ..) AS " + quoted
                            + " with a constant, leave such rows out with IS NOT NULL, or make the"
                            + " source's column NOT NULL.");
        }
    }

    private Table requireSameType(String column, String type, TableName name) {
        Table table = catalog.table(name)
                .orElseThrow(() -> FreshetException.of(ErrorCode.UNDEFINED_TABLE, "the table " + name + " does not exist"));
        if (!(table.placement() instanceof Placement.Distributed placement)) {
            throw refused(name + " is no distributed table, so the stream table cannot lie with it").withHint(
                    "SELECT create_distributed_table(" + Quoting.literal(Quoting.table(name))
                            + ", '..'); or leave output_colocate_with out.");
        }
        String other = table.column(placement.column()).map(Column::type).orElseThrow();
        if (!withoutModifier(other).equals(withoutModifier(type))) {
            throw refused("the column \"" + column + "\" is of type " + type + ", and " + name + " is distributed by one of type "
                    + other)
                    .withHint("Select " + Quoting.identifier(column) + "::" + withoutModifier(other) + " AS "
                            + Quoting.identifier(column) + ".");
        }
        return table;
    }

    private static String withoutModifier(String type) {
        return type.replaceAll("\\(.*?\\)", "");
    }

    private void requireCitus() {
        if (!PlannedSources.hasCitus(catalog)) {
            throw refused("the stream table cannot be distributed, as the database has no Citus").withHint(
                    "Leave the distribution column and the placement out, or distribute a source first: SELECT create_distributed_table('..', '..').");
        }
    }

    private static boolean keepsDistribution(QueryShape shape, Set<Integer> columns, int output) {
        return switch (shape) {
            case QueryShape.Linear linear -> columns.contains(output);
            case QueryShape.Grouped grouped -> columns
                    .contains(grouped.aggregate().getGroupSet().nth(keyOrColumn(shape, output).orElseThrow()));
        };
    }

    /** The key that the output column shows; of a linear query the column itself. Of several columns that show one key, the first is the table's. */
    private static OptionalInt keyOrColumn(QueryShape shape, int output) {
        return switch (shape) {
            case QueryShape.Linear linear -> OptionalInt.of(output);
            case QueryShape.Grouped grouped -> grouped.outputs().get(output) instanceof RexInputRef reference
                    && grouped.outputs().indexOf(reference) == output
                    && reference.getIndex() < grouped.aggregate().getGroupCount()
                            ? OptionalInt.of(reference.getIndex())
                            : OptionalInt.empty();
        };
    }

    private static List<String> names(QueryShape shape) {
        return switch (shape) {
            case QueryShape.Linear linear -> linear.plan().getRowType().getFieldNames();
            case QueryShape.Grouped grouped -> grouped.names();
        };
    }

    private static RelDataType type(QueryShape shape, int output) {
        return switch (shape) {
            case QueryShape.Linear linear -> linear.plan().getRowType().getFieldList().get(output).getType();
            case QueryShape.Grouped grouped -> grouped.outputs().get(output).getType();
        };
    }

    private Table besides(int colocationId) {
        return sources.stream().filter(t -> colocationOf(t).equals(Optional.of(colocationId))).findFirst().orElseThrow();
    }

    private static Optional<Integer> colocationOf(Table table) {
        return table.placement() instanceof Placement.Distributed distributed
                ? Optional.of(distributed.colocationId())
                : Optional.empty();
    }

    private Home onCoordinator() {
        return new Home.OnCoordinator(anyShards() ? Strategy.TWO_PHASE : Strategy.COORDINATOR);
    }

    private boolean anyShards() {
        return sources.stream().map(Table::placement).anyMatch(placement -> switch (placement) {
            case Placement.Distributed distributed -> true;
            case Placement.SingleShard shard -> true;
            case Placement.SchemaShard shard -> false;
            case Placement.Reference reference -> false;
            case Placement.Local local -> false;
        });
    }

    private static FreshetException refused(String message) {
        return FreshetException.of(ErrorCode.INVALID_DISTRIBUTION_COLUMN, message);
    }
}
