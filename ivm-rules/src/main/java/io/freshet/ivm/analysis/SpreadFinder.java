package io.freshet.ivm.analysis;

import io.freshet.ivm.FullRefreshReason;
import io.freshet.planner.catalog.Placement;
import java.util.ArrayList;
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
    private final List<FullRefreshReason> reasons = new ArrayList<>();

    private SpreadFinder(Function<TableScan, Placement> placementOf) {
        this.placementOf = placementOf;
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

    public static Finding find(RelNode linear, Function<TableScan, Placement> placementOf) {
        SpreadFinder finder = new SpreadFinder(placementOf);
        Spread spread = finder.of(linear);
        return new Finding(spread, finder.reasons);
    }

    private Spread of(RelNode node) {
        return switch (node) {
            case TableScan scan -> ofScan(scan);
            case Filter filter -> withEqualColumns(of(filter.getInput()), filter.getCondition());
            case Project project -> project(of(project.getInput()), project.getProjects());
            case Join join -> join(join);
            case Union union -> union.getInputs().stream().map(this::of).reduce(this::union).orElseThrow();
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
