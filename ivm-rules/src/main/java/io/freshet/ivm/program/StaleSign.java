package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.analysis.AggregateRule.Direction;
import java.util.Optional;

/** Why merging may have left a group with a wrong value, so that it has to be evaluated again from the live tables. */
sealed interface StaleSign {

    /** What the stage has to hold for it. */
    Optional<Staged> staged();

    /** What may be wrong. */
    Component component();

    /**
     * True for a group that is to be evaluated again, after the merge.
     *
     * @param kept the component's column
     */
    String condition(String kept);

    /** A column of the stage, and its value as an aggregate over the delta's rows. */
    record Staged(StoredColumn column, String value) {
    }

    /**
     * A value as good as the extremum has gone. If none as good has gone, then neither the stored extremum nor the gained one can have, for
     * either is among the rows still.
     */
    record LostExtremum(Component.Best best) implements StaleSign {
        @Override
        public Optional<Staged> staged() {
            String value = best.function() + "(delta." + best.argument() + ")"
                    + Component.where(best.filter(), Optional.of("delta." + ChangeTable.WEIGHT + " < 0"), "delta");
            return Optional.of(new Staged(StoredColumn.of(column(), best.type()), value));
        }

        @Override
        public Component component() {
            return best;
        }

        @Override
        public String condition(String kept) {
            String reaches = best.extremum().direction() == Direction.MIN ? " <= " : " >= ";
            return "changed." + column() + reaches + kept;
        }

        private String column() {
            return best.name() + "_lost";
        }
    }

    /** NaN and infinity don't cancel: taking one away from a sum leaves NaN. */
    record SpecialTotal(Component.Total total) implements StaleSign {
        @Override
        public Optional<Staged> staged() {
            return Optional.empty();
        }

        @Override
        public Component component() {
            return total;
        }

        @Override
        public String condition(String kept) {
            return kept + " IN ('NaN', 'Infinity', '-Infinity')";
        }
    }

    /** A sum shows as many digits after the point as the summand that shows most, and such a one may have gone. */
    record LostSummand(Component.Total total) implements StaleSign {
        @Override
        public Optional<Staged> staged() {
            return Optional.of(new Staged(StoredColumn.of(column(), "boolean"),
                    "coalesce(bool_or(delta." + ChangeTable.WEIGHT + " < 0)"
                            + Component.where(total.filter(), Optional.of("delta." + total.argument() + " IS NOT NULL"), "delta")
                            + ", false)"));
        }

        @Override
        public Component component() {
            return total;
        }

        @Override
        public String condition(String kept) {
            return "changed." + column();
        }

        private String column() {
            return total.name() + "_lost";
        }
    }
}
