package io.freshet.ivm.joins;

import io.freshet.ivm.analysis.Equal;
import io.freshet.ivm.analysis.Equality;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;

/**
 * Finds chains, one input after the other, the cheapest next: one that lies where the rows are; one whose distribution column equals a column of
 * theirs, to which they are sent shard by shard; any other, for which they go to every node. Only the rows of the chain ever move, never those of an
 * input that they meet.
 */
public final class ChainPlanner {
    private final JoinRegion region;
    private final Function<RelNode, Placement> placementOf;

    /** @param placementOf where an input lies; {@link Placement.Local} for rows that lie beside nothing */
    public ChainPlanner(JoinRegion region, Function<RelNode, Placement> placementOf) {
        this.region = region;
        this.placementOf = placementOf;
    }

    /** The chain that begins with an input. */
    public Chain from(int start) {
        return new Walk(start).toTheEnd();
    }

    /**
     * Whether Citus can evaluate the whole region by itself, sending both sides of each join that is not co-located to where their columns' common
     * hash says: it asks for an equality of columns of one type. Not of two distribution columns: it takes such a join for a co-located one, finds
     * that it is not, and refuses it in the derived table of an INSERT.
     */
    public boolean canBeRepartitioned() {
        if (equalities().anyMatch(this::isBetweenGroups)) {
            return false;
        }
        Set<Integer> joined = new HashSet<>(region.columnsOf(0));
        for (Chain.Leg leg : from(0).legs()) {
            boolean moves = !(leg.arrival() instanceof Chain.Arrival.Start);
            int first = leg.inputs().getFirst();
            if (moves && (!isSharded(first) || equalities().noneMatch(e -> links(e, joined, first)))) {
                return false;
            }
            leg.inputs().forEach(i -> joined.addAll(region.columnsOf(i)));
        }
        return IntStream.range(0, region.inputs().size()).allMatch(this::isSharded);
    }

    private boolean isBetweenGroups(Equal equal) {
        Optional<Integer> left = groupDistributedBy(equal.left());
        Optional<Integer> right = groupDistributedBy(equal.right());
        return left.isPresent() && right.isPresent() && !left.equals(right);
    }

    private Optional<Integer> groupDistributedBy(int column) {
        int input = region.inputOf(column);
        return placement(input) instanceof Placement.Distributed distributed
                ? distributionColumn(input).filter(c -> c == column).map(c -> distributed.colocationId())
                : Optional.empty();
    }

    private boolean isSharded(int input) {
        return placementOf.apply(region.inputs().get(input)) instanceof Placement.Distributed;
    }

    private boolean links(Equal equal, Set<Integer> joined, int input) {
        List<Integer> columns = region.columnsOf(input);
        return joined.contains(equal.left()) && columns.contains(equal.right())
                || joined.contains(equal.right()) && columns.contains(equal.left());
    }

    private Stream<Equal> equalities() {
        return region.conditions().stream().flatMap(c -> Equal.in(c).stream());
    }

    /** A column and the distribution column that it must equal. */
    private record Way(int column, int distributionColumn) {
    }

    /** One chain as far as it has come. */
    private final class Walk {
        private final Set<Integer> joined;
        private final Set<Integer> left;
        private final List<Chain.Leg> legs = new ArrayList<>();
        private Chain.Arrival arrival = new Chain.Arrival.Start();
        private List<Integer> here = new ArrayList<>();
        private Placement place;
        /** Columns that hold the value by which the rows lie on their shards. */
        private Set<Integer> at = new HashSet<>();

        Walk(int start) {
            left = new LinkedHashSet<>(IntStream.range(0, region.inputs().size()).boxed().toList());
            joined = new HashSet<>();
            place = placement(start);
            distributionColumn(start).ifPresent(at::add);
            join(start);
        }

        Chain toTheEnd() {
            while (!left.isEmpty()) {
                Optional<Integer> beside = left.stream().filter(this::isBeside).findFirst();
                if (beside.isPresent()) {
                    distributionColumn(beside.get()).ifPresent(at::add);
                    join(beside.get());
                } else {
                    move();
                }
            }
            legs.add(new Chain.Leg(arrival, here));
            return new Chain(legs);
        }

        private boolean isBeside(int input) {
            if (place instanceof Placement.SingleShard here && placement(input) instanceof Placement.SingleShard there) {
                return here.colocationId() == there.colocationId();
            }
            if (place instanceof Placement.Distributed here && placement(input) instanceof Placement.Distributed there
                    && here.colocationId() == there.colocationId()) {
                int column = distributionColumn(input).orElseThrow();
                return equalities().anyMatch(e -> e.right() == column && at.contains(e.left())
                        || e.left() == column && at.contains(e.right()));
            }
            return false;
        }

        private void move() {
            legs.add(new Chain.Leg(arrival, here));
            here = new ArrayList<>();
            Optional<Way> way = left.stream().flatMap(input -> way(input).stream()).findFirst();
            int next = way.map(w -> region.inputOf(w.distributionColumn())).orElseGet(this::nextToBroadcastTo);
            arrival = way.<Chain.Arrival>map(this::shuffle).orElseGet(Chain.Arrival.Broadcast::new);
            place = placement(next);
            at = new HashSet<>();
            if (arrival instanceof Chain.Arrival.Shuffle shuffle) {
                at.addAll(shuffle.same());
            }
            distributionColumn(next).ifPresent(at::add);
            join(next);
        }

        private Optional<Way> way(int input) {
            return distributionColumn(input).flatMap(target -> region.conditions().stream()
                    .flatMap(condition -> otherSide(condition, target).stream())
                    .filter(c -> joined.contains(c) && isExact(type(c), type(target))).map(c -> new Way(c, target)).findFirst());
        }

        /** Columns equal to the one that rows are sent by lie where it lies: equal to the letter, so that one can stand for the other. */
        private Chain.Arrival shuffle(Way way) {
            Set<Integer> same = new HashSet<>();
            if (PgTypes.text(type(way.column())).equals(PgTypes.text(type(way.distributionColumn())))) {
                same.add(way.column());
                if (Equality.of(type(way.column())) == Equality.IDENTITY) {
                    addEqual(same, joined);
                    same.removeIf(c -> !PgTypes.text(type(c)).equals(PgTypes.text(type(way.column()))));
                }
            }
            return new Chain.Arrival.Shuffle(way.column(), way.distributionColumn(), same);
        }

        private int nextToBroadcastTo() {
            return left.stream().filter(input -> equalities().anyMatch(e -> links(e, joined, input))).findFirst()
                    .or(() -> left.stream().filter(this::isConnected).findFirst()).orElseGet(() -> left.iterator().next());
        }

        private boolean isConnected(int input) {
            List<Integer> columns = region.columnsOf(input);
            return region.conditions().stream().map(JoinRegion::columnsIn)
                    .anyMatch(c -> c.stream().anyMatch(columns::contains) && c.stream().anyMatch(joined::contains));
        }

        private void join(int input) {
            left.remove(input);
            here.add(input);
            joined.addAll(region.columnsOf(input));
            Set<Integer> readable = new HashSet<>(joined);
            // What was equal before the rows moved is not said again where they have come to.
            if (!(arrival instanceof Chain.Arrival.Start)) {
                Set<Integer> ofLeg = new HashSet<>(at);
                here.forEach(i -> ofLeg.addAll(region.columnsOf(i)));
                readable.retainAll(ofLeg);
            }
            addEqual(at, readable);
        }

        private void addEqual(Set<Integer> columns, Set<Integer> among) {
            boolean grows = !columns.isEmpty();
            while (grows) {
                Set<Integer> more = new HashSet<>();
                equalities().filter(e -> among.contains(e.left()) && among.contains(e.right())
                        && columns.contains(e.left()) != columns.contains(e.right())).forEach(e -> {
                            more.add(e.left());
                            more.add(e.right());
                        });
                grows = columns.addAll(more);
            }
        }
    }

    private Placement placement(int input) {
        return placementOf.apply(region.inputs().get(input));
    }

    private Optional<Integer> distributionColumn(int input) {
        return placement(input) instanceof Placement.Distributed distributed
                ? Optional.of(region.offset(input)
                        + region.inputs().get(input).getRowType().getFieldNames().indexOf(distributed.column()))
                : Optional.empty();
    }

    private RelDataType type(int column) {
        return region.field(column).getType();
    }

    /** The column that a condition equates with this one. */
    private static Optional<Integer> otherSide(RexNode condition, int column) {
        if (condition.getKind() == SqlKind.EQUALS && condition instanceof RexCall call
                && call.getOperands().get(0) instanceof RexInputRef a && call.getOperands().get(1) instanceof RexInputRef b) {
            if (a.getIndex() == column) {
                return Optional.of(b.getIndex());
            }
            return b.getIndex() == column ? Optional.of(a.getIndex()) : Optional.empty();
        }
        return Optional.empty();
    }

    /** Whether every value of one type is the equal value of the other, so that it has the same hash there. */
    private static boolean isExact(RelDataType from, RelDataType to) {
        if (from.isStruct() || to.isStruct()) {
            return false;
        }
        PgType a = PgTypes.of(from);
        PgType b = PgTypes.of(to);
        return a.oid() == b.oid() || switch (b.oid()) {
            case Oids.INT8 -> a.oid() == Oids.INT4 || a.oid() == Oids.INT2;
            case Oids.INT4 -> a.oid() == Oids.INT2;
            default -> false;
        };
    }
}
