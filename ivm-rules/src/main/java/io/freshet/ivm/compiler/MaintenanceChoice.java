package io.freshet.ivm.compiler;

import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.analysis.AggregateRule;
import io.freshet.ivm.analysis.Equality;
import io.freshet.ivm.analysis.NeverNull;
import io.freshet.ivm.analysis.QueryShape;
import io.freshet.ivm.analysis.SourceKeys;
import io.freshet.ivm.program.Bag;
import io.freshet.ivm.program.FullRefresh;
import io.freshet.ivm.program.Gathering;
import io.freshet.ivm.program.Groups;
import io.freshet.ivm.program.KeyedRows;
import io.freshet.ivm.program.Maintenance;
import io.freshet.ivm.program.MergedGroups;
import io.freshet.ivm.program.RecomputedGroups;
import io.freshet.ivm.program.ShownGroups;
import io.freshet.ivm.program.SingleRow;
import io.freshet.ivm.program.StoredColumn;
import io.freshet.ivm.program.Workshop;
import io.freshet.planner.PlannedQuery;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import io.freshet.planner.types.TypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;

/** Chooses how a stream table of a known shape is kept; what cannot be kept exactly adds a reason. */
final class MaintenanceChoice {
    /** Types without {@code =} whose text gives exactly the value back. */
    private static final Set<String> TEXTUAL = Set.of("json", "point", "line", "lseg", "box", "path", "polygon", "circle");

    private final Workshop workshop;
    private final PlannedQuery query;
    private final List<FullRefreshReason> reasons;

    MaintenanceChoice(Workshop workshop, PlannedQuery query, List<FullRefreshReason> reasons) {
        this.workshop = workshop;
        this.query = query;
        this.reasons = reasons;
    }

    /** Empty when a reason was added. */
    Optional<Maintenance> of(QueryShape shape) {
        return switch (shape) {
            case QueryShape.Linear linear -> ofLinear(linear.plan());
            case QueryShape.Grouped grouped -> grouped.isGlobal() ? ofSingleRow(grouped) : ofGroups(grouped);
        };
    }

    /** The query's columns as a table's. */
    static List<StoredColumn> columns(PlannedQuery query) {
        return columns(query.raw());
    }

    private static List<StoredColumn> columns(RelNode plan) {
        return plan.getRowType().getFieldList().stream().map(field -> StoredColumn.of(field.getName(), field.getType())).toList();
    }

    private Optional<Maintenance> ofLinear(RelNode plan) {
        plan.getRowType().getFieldList().stream().filter(f -> !canBeNetted(f.getType())).forEach(this::cannotNet);
        if (!reasons.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(SourceKeys.derive(plan, PlannedSources::keyOf).filter(keyed -> isIndexable(keyed))
                .<Maintenance>map(keyed -> ofKeyed(plan, keyed)).orElseGet(() -> new Bag(workshop, plan, columns(plan))));
    }

    private Maintenance ofKeyed(RelNode plan, SourceKeys.Keyed keyed) {
        List<StoredColumn> columns = columns(keyed.plan());
        // Citus wants the distribution column in every unique index; a key with one more column is still one.
        List<String> key = Stream.concat(workshop.home().column().stream(), keyed.key().stream().map(i -> columns.get(i).name()))
                .distinct()
                .toList();
        return new KeyedRows(workshop, keyed.plan(), columns, plan.getRowType().getFieldCount(), key);
    }

    private static boolean isIndexable(SourceKeys.Keyed keyed) {
        List<RelDataTypeField> fields = keyed.plan().getRowType().getFieldList();
        return keyed.key().stream().map(i -> fields.get(i).getType())
                .allMatch(t -> PgTypes.isOrderable(t) && Equality.of(t) != Equality.TEXT_ONLY);
    }

    private Optional<Maintenance> ofGroups(QueryShape.Grouped grouped) {
        Groups groups = new Groups(grouped, neverNullKeys(grouped));
        for (int key = 0; key < grouped.aggregate().getGroupCount(); key++) {
            RelDataTypeField field = grouped.aggregate().getRowType().getFieldList().get(key);
            if (!PgTypes.isOrderable(field.getType()) || Equality.of(field.getType()) == Equality.TEXT_ONLY) {
                reasons.add(new FullRefreshReason("GROUP BY or DISTINCT of type " + PgTypes.text(field.getType()),
                        "Groups by a column of type " + PgTypes.text(field.getType()) + " cannot be found by an index.",
                        Optional.empty(),
                        Optional.empty()));
            }
        }
        if (!reasons.isEmpty()) {
            return Optional.empty();
        }
        List<AggregateRule> rules = rules(grouped.aggregate());
        List<String> why = Stream.concat(coarseKeys(grouped.aggregate()), whyRecompute(rules)).distinct().toList();
        if (!why.isEmpty()) {
            return Optional.of(new RecomputedGroups(workshop, groups, why));
        }
        return ShownGroups.of(workshop, groups, rules).or(() -> Optional.of(MergedGroups.of(workshop, groups, rules)));
    }

    private Optional<Maintenance> ofSingleRow(QueryShape.Grouped grouped) {
        List<AggregateRule> rules = rules(grouped.aggregate());
        if (whyRecompute(rules).findAny().isPresent()) {
            return unlessAllMoves(new FullRefresh(workshop, columns(query), FullRefresh.Sources.of(query.tables())));
        }
        SingleRow row = SingleRow.of(workshop, new Groups(grouped, Set.of()), rules);
        return row.canBeStale() ? unlessAllMoves(row) : Optional.of(row);
    }

    /** What reads all live rows at times must not do so where they have to move before they meet. */
    private Optional<Maintenance> unlessAllMoves(Maintenance maintenance) {
        return switch (workshop.gathering()) {
            case Gathering.InPlace inPlace -> Optional.of(maintenance);
            case Gathering.Moving moving -> {
                reasons.add(new FullRefreshReason("aggregate without GROUP BY over a join that is not co-located",
                        "The aggregate would be evaluated again from all rows at times, which would move whole tables.",
                        Optional.of(
                                "Count, or sum integers, which never need that; or GROUP BY a column and aggregate the groups in the"
                                        + " query that reads the stream table."),
                        Optional.empty()));
                yield Optional.empty();
            }
        };
    }

    private static List<AggregateRule> rules(Aggregate aggregate) {
        return aggregate.getAggCallList().stream().map(call -> AggregateRule.of(aggregate, call)).toList();
    }

    private static Stream<String> whyRecompute(List<AggregateRule> rules) {
        return rules.stream()
                .flatMap(rule -> rule instanceof AggregateRule.Recompute recompute ? Stream.of(recompute.why()) : Stream.empty());
    }

    /** A group whose key's values can differ shows one of them, which may be that of a row that has gone. */
    private static Stream<String> coarseKeys(Aggregate aggregate) {
        return aggregate.getGroupSet().asList().stream()
                .map(i -> aggregate.getInput().getRowType().getFieldList().get(i).getType())
                .filter(type -> Equality.of(type) != Equality.IDENTITY)
                .map(type -> "equal keys of type " + PgTypes.text(type) + " can differ");
    }

    private static Set<Integer> neverNullKeys(QueryShape.Grouped grouped) {
        List<Integer> positions = new ArrayList<>(grouped.aggregate().getGroupSet().asList());
        return IntStream.range(0, positions.size()).filter(i -> NeverNull.holds(grouped.linearPart(), positions.get(i))).boxed()
                .collect(Collectors.toSet());
    }

    private static boolean canBeNetted(RelDataType type) {
        if (Equality.of(type) != Equality.TEXT_ONLY) {
            return true;
        }
        PgType known = PgTypes.of(type);
        return known.element().map(MaintenanceChoice::canBeNetted)
                .orElseGet(() -> known.info().kind() == TypeInfo.Kind.COMPOSITE || TEXTUAL.contains(known.text()));
    }

    private void cannotNet(RelDataTypeField field) {
        reasons.add(new FullRefreshReason("column of type " + PgTypes.text(field.getType()),
                "Changes of the column \"" + field.getName()
                        + "\" cannot be netted: its type has no = that tells all values apart.",
                Optional.of("Select its text: " + field.getName() + "::text."), Optional.empty()));
    }
}
