package io.freshet.ivm.analysis;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;

/** Follows distribution columns through a linear plan, and says which joins cannot be maintained where the tables lie. */
public final class SpreadFinder {
    private final Function<TableScan, Placement> placementOf;
    private final Optional<SourcePosition> unionAt;
    private final List<FullRefreshReason> reasons = new ArrayList<>();

    private SpreadFinder(Function<TableScan, Placement> placementOf, Optional<SourcePosition> unionAt) {
        this.placementOf = placementOf;
        this.unionAt = unionAt;
    }

    /**
     * What was found.
     *
     * @param spread to be relied on only if there are no reasons
     */
    public record Finding(Spread spread, List<FullRefreshReason> reasons) {
        public Finding {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * @param unionAt where the query's first UNION stands
     * @throws FreshetException UNSUPPORTED_SOURCE: a UNION ALL that Citus may answer wrongly
     */
    public static Finding find(RelNode linear, Function<TableScan, Placement> placementOf, Optional<SourcePosition> unionAt) {
        SpreadFinder finder = new SpreadFinder(placementOf, unionAt);
        Spread spread = finder.of(linear);
        return new Finding(spread, finder.reasons);
    }

    private Spread of(RelNode node) {
        return switch (node) {
            case TableScan scan -> ofScan(scan);
            case Filter filter -> withEqualColumns(of(filter.getInput()), filter.getCondition());
            case Project project -> project(of(project.getInput()), project.getProjects());
            case Join join -> join(join);
            case Union union -> union(union);
            default -> new Spread.Coordinator();
        };
    }

    private Spread ofScan(TableScan scan) {
        return switch (placementOf.apply(scan)) {
            case Placement.Distributed d -> new Spread.Distributed(d.colocationId(),
                    Set.of(scan.getRowType().getFieldNames().indexOf(d.column())));
            case Placement.SingleShard s -> new Spread.SingleShard(s.colocationId());
            case Placement.SchemaShard shard -> new Spread.Coordinator();
            case Placement.Reference reference -> new Spread.Coordinator();
            case Placement.Local local -> new Spread.Coordinator();
        };
    }

    private Spread join(Join join) {
        Spread left = of(join.getLeft());
        Spread right = of(join.getRight());
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        if (left instanceof Spread.Coordinator && right instanceof Spread.Coordinator
                || left instanceof Spread.SingleShard && left.equals(right)) {
            return left;
        }
        if (left instanceof Spread.Distributed a && right instanceof Spread.Distributed b
                && a.colocationId() == b.colocationId()) {
            Set<Integer> ofRight = b.columns().stream().map(c -> c + leftWidth).collect(Collectors.toSet());
            boolean onDistributionColumns = Equal.in(join.getCondition()).stream()
                    .anyMatch(e -> a.columns().contains(e.left()) && ofRight.contains(e.right()));
            if (onDistributionColumns) {
                Set<Integer> columns = new HashSet<>(a.columns());
                columns.addAll(ofRight);
                return withEqualColumns(new Spread.Distributed(a.colocationId(), columns), join.getCondition());
            }
        }
        // Beside shards, what lies on the coordinator is read through mirrors, which are on every node. A mirror's column that must equal the
        // distribution column is none to Citus: it takes such rows to the coordinator.
        if (right instanceof Spread.Coordinator) {
            return left;
        }
        if (left instanceof Spread.Coordinator) {
            return shifted(right, leftWidth);
        }
        return new Spread.Scattered(both(left.distributionColumns(), right.distributionColumns(), leftWidth));
    }

    private static Spread shifted(Spread spread, int width) {
        return switch (spread) {
            case Spread.Distributed distributed ->
                new Spread.Distributed(distributed.colocationId(), shifted(distributed.columns(), width));
            case Spread.Scattered scattered -> new Spread.Scattered(scattered.columns().entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, e -> shifted(e.getValue(), width))));
            case Spread.SingleShard shard -> shard;
            case Spread.Mixed mixed -> mixed;
            case Spread.Coordinator coordinator -> coordinator;
        };
    }

    private static Set<Integer> shifted(Set<Integer> columns, int width) {
        return columns.stream().map(c -> c + width).collect(Collectors.toSet());
    }

    private static Map<Integer, Set<Integer>> both(Map<Integer, Set<Integer>> left, Map<Integer, Set<Integer>> right,
            int leftWidth) {
        Map<Integer, Set<Integer>> both = new HashMap<>();
        left.forEach((group, columns) -> both.computeIfAbsent(group, g -> new HashSet<>()).addAll(columns));
        right.forEach((group, columns) -> columns
                .forEach(c -> both.computeIfAbsent(group, g -> new HashSet<>()).add(c + leftWidth)));
        return both;
    }

    /**
     * Citus (13.2) groups the union of tables of one co-location group on each shard, if the distribution columns of all are grouped by, also where they are
     * different ones: equal rows lie on different shards then and do not meet. Its answer to the query itself is wrong, and so would be the programs'.
     *
     * @throws FreshetException UNSUPPORTED_SOURCE
     */
    private Spread union(Union union) {
        List<Spread> spreads = union.getInputs().stream().map(this::of).toList();
        for (int i = 0; i < spreads.size(); i++) {
            for (Spread earlier : spreads.subList(0, i)) {
                if (differInColumns(earlier, spreads.get(i))) {
                    throw refusal(source(union.getInput(i)));
                }
            }
        }
        return spreads.stream().reduce(this::union).orElseThrow();
    }

    /** Whether rows of one co-location group keep distribution columns, and not the same. */
    private static boolean differInColumns(Spread one, Spread other) {
        return one instanceof Spread.Distributed a && other instanceof Spread.Distributed b
                && a.colocationId() == b.colocationId()
                && !a.columns().isEmpty() && !b.columns().isEmpty() && Collections.disjoint(a.columns(), b.columns());
    }

    private FreshetException refusal(TableName table) {
        FreshetException refusal = FreshetException
                .of(ErrorCode.UNSUPPORTED_SOURCE, "this UNION ALL is over tables of one co-location group that are distributed by"
                        + " different columns of it: Citus may compare equal rows on different shards and answer wrongly")
                .withHint("Give one of them a group of its own: SELECT alter_distributed_table("
                        + Quoting.literal(Quoting.table(table)) + ", colocate_with => 'none');");
        return unionAt.map(refusal::at).orElse(refusal);
    }

    /** The first table that the plan reads. */
    private static TableName source(RelNode plan) {
        if (plan instanceof TableScan scan) {
            List<String> path = scan.getTable().getQualifiedName();
            return new TableName(path.get(path.size() - 2), path.getLast());
        }
        return source(plan.getInput(0));
    }

    private Spread union(Spread left, Spread right) {
        if (left.equals(right)) {
            return left;
        }
        if (left instanceof Spread.Distributed a && right instanceof Spread.Distributed b
                && a.colocationId() == b.colocationId()) {
            Set<Integer> common = new HashSet<>(a.columns());
            common.retainAll(b.columns());
            return new Spread.Distributed(a.colocationId(), common);
        }
        if (left instanceof Spread.Scattered || right instanceof Spread.Scattered) {
            return new Spread.Scattered(Map.of());
        }
        return new Spread.Mixed();
    }

    private static Spread project(Spread input, List<RexNode> columns) {
        return switch (input) {
            case Spread.Distributed distributed ->
                new Spread.Distributed(distributed.colocationId(), project(distributed.columns(), columns));
            case Spread.Scattered scattered -> new Spread.Scattered(scattered.columns().entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, e -> project(e.getValue(), columns))));
            case Spread.SingleShard shard -> shard;
            case Spread.Mixed mixed -> mixed;
            case Spread.Coordinator coordinator -> coordinator;
        };
    }

    private static Set<Integer> project(Set<Integer> input, List<RexNode> columns) {
        Set<Integer> kept = new HashSet<>();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i) instanceof RexInputRef reference && input.contains(reference.getIndex())) {
                kept.add(i);
            }
        }
        return kept;
    }

    /** A column that must equal a distribution column is as good as one. */
    private static Spread withEqualColumns(Spread spread, RexNode condition) {
        if (!(spread instanceof Spread.Distributed distributed)) {
            return spread;
        }
        Set<Integer> columns = new HashSet<>(distributed.columns());
        List<Equal> equalities = Equal.in(condition);
        boolean grows = true;
        while (grows) {
            grows = false;
            for (Equal equal : equalities) {
                if (columns.contains(equal.left()) || columns.contains(equal.right())) {
                    grows |= columns.add(equal.left()) | columns.add(equal.right());
                }
            }
        }
        return new Spread.Distributed(distributed.colocationId(), columns);
    }
}
