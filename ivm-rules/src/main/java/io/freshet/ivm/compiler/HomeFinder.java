package io.freshet.ivm.compiler;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.Strategy;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.analysis.QueryShape;
import io.freshet.ivm.analysis.Spread;
import io.freshet.ivm.program.Home;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.rex.RexInputRef;

/** Decides where a stream table lies: on the coordinator, or sharded by the output column that the user names. */
final class HomeFinder {
    private final StreamTableDefinition definition;
    private final List<String> names;
    private final List<Table> tables;

    HomeFinder(StreamTableDefinition definition, List<String> names, List<Table> tables) {
        this.definition = definition;
        this.names = names;
        this.tables = tables;
    }

    /** @throws FreshetException INVALID_DISTRIBUTION_COLUMN */
    Home forPrograms(QueryShape shape, Spread spread) {
        if (definition.distributionColumn().isEmpty()) {
            return onCoordinator();
        }
        String column = checked(definition.distributionColumn().get());
        return beside(column, shape, spread).orElseThrow(() -> {
            List<String> possible = possible(shape, spread);
            return refused("the column \"" + column + "\" is not the distribution column of a source").withHint(possible.isEmpty()
                    ? "No output column is. Leave the distribution column out: the stream table then lies on the coordinator."
                    : "These are: " + String.join(", ", possible) + ".");
        });
    }

    /** Why a join that is not co-located has no programs: it is then sharded by any column, and replaced. */
    Optional<FullRefreshReason> withoutHome(QueryShape shape, Spread spread) {
        if (definition.distributionColumn().isEmpty() || !(spread instanceof Spread.Scattered)
                || beside(checked(definition.distributionColumn().get()), shape, spread).isPresent()) {
            return Optional.empty();
        }
        List<String> possible = possible(shape, spread);
        return Optional.of(new FullRefreshReason("distribution by a column of no source",
                "The column \"" + definition.distributionColumn().get() + "\" is not the distribution column of a source.",
                Optional.of(possible.isEmpty()
                        ? "Leave the distribution column out: the stream table then lies on the coordinator."
                        : "Distribute the stream table by one of these: " + String.join(", ", possible) + ", or leave it out."),
                Optional.empty()));
    }

    private Optional<Home> beside(String column, QueryShape shape, Spread spread) {
        return spread.distributionColumns().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .filter(group -> keepsDistribution(shape, group.getValue(), names.indexOf(column))).findFirst()
                .map(group -> new Home.Beside(besides(group.getKey()).name(), column));
    }

    private List<String> possible(QueryShape shape, Spread spread) {
        return IntStream.range(0, names.size())
                .filter(i -> spread.distributionColumns().values().stream().anyMatch(c -> keepsDistribution(shape, c, i)))
                .mapToObj(names::get).toList();
    }

    /** Where a table lies that is only ever replaced: any column can shard it. */
    Home forFullRefresh() {
        if (definition.distributionColumn().isEmpty()) {
            return onCoordinator();
        }
        return new Home.Sharded(checked(definition.distributionColumn().get()));
    }

    private String checked(String column) {
        if (!names.contains(column)) {
            throw refused("there is no output column \"" + column + "\"")
                    .withHint("The query's columns are: " + String.join(", ", names) + ".");
        }
        if (tables.stream().noneMatch(t -> t.placement() instanceof Placement.Distributed)) {
            throw refused("the stream table cannot be distributed, as none of its sources is").withHint(
                    "Leave the distribution column out, or distribute a source first: SELECT create_distributed_table('..', '..').");
        }
        return column;
    }

    private static boolean keepsDistribution(QueryShape shape, Set<Integer> columns, int output) {
        return switch (shape) {
            case QueryShape.Linear linear -> columns.contains(output);
            // Of several output columns that show one key, the first is the stream table's key.
            case QueryShape.Grouped grouped -> grouped.outputs().get(output) instanceof RexInputRef reference
                    && grouped.outputs().indexOf(reference) == output
                    && reference.getIndex() < grouped.aggregate().getGroupCount()
                    && columns.contains(grouped.aggregate().getGroupSet().nth(reference.getIndex()));
        };
    }

    private Table besides(int colocationId) {
        return tables.stream().filter(t -> t.placement() instanceof Placement.Distributed d && d.colocationId() == colocationId)
                .findFirst()
                .orElseThrow();
    }

    private Home onCoordinator() {
        boolean sharded = tables.stream().map(Table::placement).anyMatch(placement -> switch (placement) {
            case Placement.Distributed distributed -> true;
            case Placement.SingleShard shard -> true;
            case Placement.Reference reference -> false;
            case Placement.Local local -> false;
        });
        return new Home.OnCoordinator(sharded ? Strategy.TWO_PHASE : Strategy.COORDINATOR);
    }

    private static FreshetException refused(String message) {
        return FreshetException.of(ErrorCode.INVALID_DISTRIBUTION_COLUMN, message);
    }
}
