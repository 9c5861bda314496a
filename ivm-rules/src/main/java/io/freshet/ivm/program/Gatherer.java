package io.freshet.ivm.program;

import io.freshet.ivm.Step;
import io.freshet.ivm.rules.Delta;
import io.freshet.ivm.rules.Differentiator;
import io.freshet.planner.catalog.TableName;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;

/** Brings rows of one linear plan together, and those of the same plan restricted to some keys. */
interface Gatherer {

    /** What it needs. */
    List<ManagedTable> tables();

    /** The delta when exactly these sources have changed. */
    Gathered<Delta> delta(Set<TableName> changed);

    /**
     * The live rows of one of the restricted plans.
     *
     * @param index which of them
     */
    Gathered<RelNode> live(int index);

    /** The plan over whole tables. */
    RelNode whole();

    /**
     * What was brought together.
     *
     * @param steps come before the statement that reads {@code rows}, and nothing between that could run them again
     */
    record Gathered<T>(List<Step> steps, T rows) {
        public Gathered {
            steps = List.copyOf(steps);
        }
    }

    /**
     * What is gathered.
     *
     * @param restricted joins of the plan with keys, like the plan in their columns
     * @param shardedBy the column of the plan that holds the value by which the stream table is sharded, or -1
     */
    record Task(RelNode plan, List<RelNode> restricted, int shardedBy) {
        public Task {
            restricted = List.copyOf(restricted);
        }
    }

    /** A gatherer of a linear query's rows. */
    static Gatherer ofRows(Workshop workshop, RelNode plan) {
        int shardedBy = workshop.home().column().map(plan.getRowType().getFieldNames()::indexOf).orElse(-1);
        return of(workshop, new Task(plan, List.of(), shardedBy));
    }

    /**
     * A gatherer of rows below an aggregate.
     *
     * @param restricted rows of some groups
     */
    static Gatherer ofGroups(Workshop workshop, Groups groups, List<RelNode> restricted) {
        int shardedBy = workshop.home().column().flatMap(groups::companionColumn)
                .map(key -> groups.inputPositions().get(groups.keyNames().indexOf(key))).orElse(-1);
        return of(workshop, new Task(groups.aggregate().getInput(), restricted, shardedBy));
    }

    static Gatherer of(Workshop workshop, Task task) {
        return switch (workshop.gathering()) {
            case Gathering.InPlace inPlace -> new InPlaceGatherer(task);
            case Gathering.Moving moving -> new MovingGatherer(workshop, moving, task);
        };
    }

    /** One statement evaluates the plan. */
    record InPlaceGatherer(Task task) implements Gatherer {
        @Override
        public List<ManagedTable> tables() {
            return List.of();
        }

        @Override
        public Gathered<Delta> delta(Set<TableName> changed) {
            return new Gathered<>(List.of(), new Differentiator(changed).delta(task.plan()));
        }

        @Override
        public Gathered<RelNode> live(int index) {
            return new Gathered<>(List.of(), task.restricted().get(index));
        }

        @Override
        public RelNode whole() {
            return task.plan();
        }
    }
}
