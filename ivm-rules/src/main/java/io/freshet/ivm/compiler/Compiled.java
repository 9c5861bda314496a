package io.freshet.ivm.compiler;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.DeltaProgram;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.Step;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.program.FullRefresh;
import io.freshet.ivm.program.Maintenance;
import io.freshet.ivm.program.ManagedTable;
import io.freshet.ivm.program.StoredColumn;
import io.freshet.ivm.program.Verification;
import io.freshet.ivm.program.Workshop;
import io.freshet.parser.depth.DeepStack;
import io.freshet.planner.PlannedQuery;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;

/** A compiled definition; programs are made when first asked for. */
final class Compiled implements CompiledStreamTable {
    private final StreamTableDefinition definition;
    private final Query query;
    private final Kept kept;
    private final Map<Set<TableName>, DeltaProgram> programs = new ConcurrentHashMap<>();

    /** How it is kept, and why not otherwise. */
    record Kept(Workshop workshop, Maintenance maintenance, List<FullRefreshReason> reasons) {
    }

    /**
     * What is known of the query.
     *
     * @param sources the base tables that it reads
     * @param mirrored those of them that are read through mirrors
     * @param rounds whether its floating-point values can depend on the order of evaluation
     */
    record Query(List<StoredColumn> columns, List<Table> sources, List<Table> mirrored, boolean rounds) {
        static Query of(PlannedQuery query, List<Table> mirrored) {
            return new Query(MaintenanceChoice.columns(query), query.tables(), mirrored, hasAggregate(query.raw()));
        }
    }

    Compiled(StreamTableDefinition definition, Query query, Kept kept) {
        this.definition = definition;
        this.query = query;
        this.kept = kept;
    }

    @Override
    public StreamTableDefinition definition() {
        return definition;
    }

    @Override
    public RefreshMode mode() {
        boolean full = definition.mode() == RefreshMode.FULL || !kept.reasons().isEmpty();
        return full ? RefreshMode.FULL : RefreshMode.DIFFERENTIAL;
    }

    @Override
    public List<FullRefreshReason> fullRefreshReasons() {
        return List.copyOf(kept.reasons());
    }

    @Override
    public List<Table> sources() {
        return query.sources();
    }

    @Override
    public List<Table> mirrored() {
        return query.mirrored();
    }

    @Override
    public String storage() {
        return kept.maintenance().description();
    }

    @Override
    public List<String> createStatements() {
        return kept.maintenance().tables().stream().flatMap(table -> table.createStatements().stream()).toList();
    }

    @Override
    public List<String> dropStatements() {
        return kept.maintenance().tables().stream().map(ManagedTable::dropStatement).toList();
    }

    @Override
    public List<Step> clear() {
        return FullRefresh.clear(kept.maintenance());
    }

    @Override
    public List<Step> populate() {
        return DeepStack.call(kept.maintenance()::populate);
    }

    @Override
    public DeltaProgram program(Set<TableName> changed) {
        Set<TableName> known = sources().stream().map(Table::name).collect(Collectors.toSet());
        if (changed.isEmpty() || !known.containsAll(changed)) {
            throw new IllegalArgumentException("not a set of sources of " + definition.name() + ": " + changed);
        }
        return DeepStack.call(
                () -> programs.computeIfAbsent(Set.copyOf(changed),
                        set -> new DeltaProgram(set, kept.maintenance().program(set))));
    }

    @Override
    public String verifySql() {
        return DeepStack.call(this::verification);
    }

    private String verification() {
        List<Verification.Column> columns = query.columns().stream().map(stored -> {
            Verification.Column column = Verification.Column.of(stored);
            return query.rounds() && isFloat(stored) ? column.rounded() : column;
        }).toList();
        return Verification.sql(kept.workshop(), columns);
    }

    private static boolean isFloat(StoredColumn column) {
        return column.type().equals("double precision") || column.type().equals("real");
    }

    private static boolean hasAggregate(RelNode node) {
        return node instanceof Aggregate || node.getInputs().stream().anyMatch(Compiled::hasAggregate);
    }
}
