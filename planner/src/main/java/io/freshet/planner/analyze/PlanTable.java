package io.freshet.planner.analyze;

import io.freshet.parser.QueryParser;
import io.freshet.planner.analyze.Relations.NamedTable;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.types.PgType;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.TranslatableTable;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** A relation of the catalog as Calcite sees it. A scan of it gives the catalog's {@link Table} back: {@code unwrap(Table.class)}. */
final class PlanTable extends AbstractTable implements TranslatableTable {
    private static final double UNKNOWN_ROW_COUNT = 1000;

    private final Environment environment;
    private final NamedTable named;
    private final ViewExpander views;

    PlanTable(Environment environment, NamedTable named, ViewExpander views) {
        this.environment = environment;
        this.named = named;
        this.views = views;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory typeFactory) {
        RelDataTypeFactory.Builder columns = typeFactory.builder();
        for (Column column : named.table().columns()) {
            PgType type = environment.type(QueryParser.parseType(column.type()));
            columns.add(column.name(), typeFactory.createTypeWithNullability(type, !column.notNull()));
        }
        return columns.build();
    }

    @Override
    public Statistic getStatistic() {
        List<String> names = named.table().columns().stream().map(Column::name).toList();
        List<ImmutableBitSet> keys = named.table().keys().stream()
                .map(k -> ImmutableBitSet.of(k.stream().map(names::indexOf).toList())).toList();
        return Statistics.of(UNKNOWN_ROW_COUNT, keys);
    }

    @Override
    public RelNode toRel(RelOptTable.ToRelContext context, RelOptTable table) {
        Optional<String> definition = named.table().viewDefinition();
        return definition.isPresent() && named.table().kind() == Table.Kind.VIEW
                ? views.expand(named)
                : LogicalTableScan.create(context.getCluster(), table, context.getTableHints());
    }

    @Override
    public <C extends Object> @Nullable C unwrap(Class<C> type) {
        return type == Table.class ? type.cast(named.table()) : super.unwrap(type);
    }
}
