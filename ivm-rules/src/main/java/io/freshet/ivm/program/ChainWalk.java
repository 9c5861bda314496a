package io.freshet.ivm.program;

import io.freshet.ivm.joins.Chain;
import io.freshet.ivm.joins.JoinRegion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;

/**
 * Follows a chain and makes the plans of its joins.
 *
 * <p>With more than one changed input, the delta is a sum in which each of them is the start once (notation as in the rules: R' new, R old state):
 *
 * <pre>
 * d(A x B x C) = dA x B' x C'  +  A x dB x C'  +  A x B x dC
 * </pre>
 *
 * An input that is read in its old state is met twice, as {@code A = A' - dA}: live rows, and its own changes taken away. Both lie in one place, so this
 * doubles the joins of a leg but moves nothing more, and the number of steps grows with the square of the number of inputs, not exponentially.
 */
final class ChainWalk {
    private final JoinRegion region;
    private final Chain chain;
    private final Transfer transfer;
    private final IntFunction<Optional<RelNode>> takenAway;

    /** Brings rows to where a leg begins. */
    interface Transfer {

        /** @param needed the columns that are still needed */
        ChainRows move(Chain.Arrival arrival, List<Variant> rows, List<Integer> needed);

        /** Says that all rows have met another input. */
        void met(int input);
    }

    /**
     * Some of the rows.
     *
     * @param less the inputs whose changes are taken away in them, since the rows moved last
     */
    record Variant(ChainRows rows, List<Integer> less) {
        Variant {
            less = List.copyOf(less);
        }
    }

    /** @param takenAway the changes of each input that is read in its old state */
    ChainWalk(JoinRegion region, Chain chain, Transfer transfer, IntFunction<Optional<RelNode>> takenAway) {
        this.region = region;
        this.chain = chain;
        this.transfer = transfer;
        this.takenAway = takenAway;
    }

    /** The rows of the region's product; their sum counts. */
    List<Variant> from(ChainRows start) {
        Set<Integer> joined = new HashSet<>(region.columnsOf(chain.start()));
        List<Variant> variants = List.of(new Variant(start.filtered(region.conditionsOf(Set.of(), chain.start())), List.of()));
        for (Chain.Leg leg : chain.legs()) {
            List<Integer> inputs = leg.inputs();
            if (leg.arrival() instanceof Chain.Arrival.Start) {
                inputs = inputs.subList(1, inputs.size());
            } else {
                variants = List.of(new Variant(transfer.move(leg.arrival(), variants, region.neededLater(joined)), List.of()));
            }
            Optional<Integer> sentTo = sentTo(leg.arrival());
            for (int input : inputs) {
                variants = join(variants, joined, input, sentTo);
                sentTo = Optional.empty();
                joined.addAll(region.columnsOf(input));
                transfer.met(input);
            }
        }
        return variants;
    }

    /** The distribution column that rows were sent to by a column of another type. */
    private static Optional<Integer> sentTo(Chain.Arrival arrival) {
        return arrival instanceof Chain.Arrival.Shuffle shuffle && shuffle.same().isEmpty()
                ? Optional.of(shuffle.distributionColumn())
                : Optional.empty();
    }

    private List<Variant> join(List<Variant> variants, Set<Integer> joined, int input, Optional<Integer> sentTo) {
        List<Variant> next = new ArrayList<>();
        for (Variant variant : variants) {
            List<RexNode> conditions = new ArrayList<>(region.conditionsOf(joined, input));
            sentTo.flatMap(variant.rows()::sentTo).ifPresent(conditions::add);
            next.add(new Variant(variant.rows().joinedWith(ChainRows.of(region, input, Optional.empty()), conditions),
                    variant.less()));
            takenAway.apply(input).ifPresent(changes -> {
                List<Integer> less = new ArrayList<>(variant.less());
                less.add(input);
                next.add(new Variant(
                        variant.rows().joinedWith(ChainRows.of(region, input, Optional.of(changes)), conditions).negated(),
                        less));
            });
        }
        return next;
    }
}
