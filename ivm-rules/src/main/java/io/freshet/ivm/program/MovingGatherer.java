package io.freshet.ivm.program;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Step;
import io.freshet.ivm.Strategy;
import io.freshet.ivm.joins.Chain;
import io.freshet.ivm.joins.ChainPlanner;
import io.freshet.ivm.joins.JoinRegion;
import io.freshet.ivm.rules.Delta;
import io.freshet.ivm.rules.Differentiator;
import io.freshet.ivm.rules.Scans;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.planner.print.Relation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.Pair;

/**
 * Each changed input's rows go through their chain; what arrives is gathered in one table, which the program then reads as the delta. That table is
 * emptied before it is filled, not after it was read, since a program that finds nothing to do ends in between.
 */
final class MovingGatherer implements Gatherer {
    private final Workshop workshop;
    private final Gathering.Moving moving;
    private final Task task;
    private final List<JoinRegion> regions;
    private final List<List<JoinRegion>> restricted;
    private final List<String> names;
    private final MovedTables moved;

    MovingGatherer(Workshop workshop, Gathering.Moving moving, Task task) {
        this.workshop = workshop;
        this.moving = moving;
        this.task = task;
        this.regions = JoinRegion.of(task.plan());
        this.restricted = task.restricted().stream().map(JoinRegion::of).toList();
        this.names = names(task.plan());
        this.moved = new MovedTables(workshop.streamTable(), moving);
        for (JoinRegion region : regions) {
            IntStream.range(0, region.inputs().size()).forEach(input -> moved.add(region, chain(region, input)));
        }
        restricted.forEach(each -> each.forEach(region -> moved.add(region, chain(region, keysOf(region)))));
    }

    /** The plan's names, none twice: the columns below an aggregate have any. */
    private static List<String> names(RelNode plan) {
        Set<String> used = new HashSet<>(Set.of(ChangeTable.WEIGHT));
        return plan.getRowType().getFieldNames().stream().map(n -> JoinRegion.unused(n.replace("$f", "expression_"), used))
                .toList();
    }

    private Chain chain(JoinRegion region, int start) {
        return new ChainPlanner(region, moving::placementOf).from(start);
    }

    /** The keys are no table. */
    private static int keysOf(JoinRegion region) {
        return IntStream.range(0, region.inputs().size()).filter(i -> !(region.inputs().get(i) instanceof TableScan)).findFirst()
                .orElseThrow();
    }

    @Override
    public List<ManagedTable> tables() {
        List<StoredColumn> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            columns.add(StoredColumn.of(names.get(i), task.plan().getRowType().getFieldList().get(i).getType()));
        }
        columns.add(StoredColumn.of(ChangeTable.WEIGHT, "integer"));
        Optional<ManagedTable.Distribution> distribution = task.shardedBy() < 0
                ? Optional.empty()
                : workshop.home().ofCompanion(workshop.streamTable(), column -> Optional.of(names.get(task.shardedBy())));
        List<ManagedTable> tables = new ArrayList<>();
        tables.add(new ManagedTable(terms(), columns, List.of(), distribution));
        tables.addAll(moved.all());
        return tables;
    }

    private TableName terms() {
        return ManagedNames.terms(workshop.streamTable());
    }

    @Override
    public Gathered<Delta> delta(Set<TableName> changed) {
        List<Step> steps = new ArrayList<>(List.of(emptyTerms()));
        for (JoinRegion region : regions) {
            for (int input = 0; input < region.inputs().size(); input++) {
                Optional<RelNode> changes = changes(region, input, changed);
                if (changes.isPresent()) {
                    int start = input;
                    // Inputs before this one are read as they were, those after it as they are.
                    steps.addAll(follow(region, ChainRows.of(region, start, changes),
                            new Path(chain(region, start), "the changes of " + nameOf(region, start)),
                            other -> other < start ? changes(region, other, changed) : Optional.empty()));
                }
            }
        }
        List<Pair<String, RelDataType>> fields = new ArrayList<>(fields());
        fields.add(Pair.of(ChangeTable.WEIGHT, ChainRows.weightType(task.plan())));
        return new Gathered<>(steps, new Delta(List.of(gathered(fields))));
    }

    @Override
    public Gathered<RelNode> live(int index) {
        List<Step> steps = new ArrayList<>(List.of(emptyTerms()));
        for (JoinRegion region : restricted.get(index)) {
            int keys = keysOf(region);
            steps.addAll(follow(region, ChainRows.of(region, keys, Optional.empty()),
                    new Path(chain(region, keys), "the keys of these groups"), other -> Optional.empty()));
        }
        return new Gathered<>(steps, gathered(fields()));
    }

    @Override
    public RelNode whole() {
        return moving.whole(task.plan(), workshop.text());
    }

    private List<Pair<String, RelDataType>> fields() {
        return IntStream.range(0, names.size())
                .mapToObj(i -> Pair.of(names.get(i), task.plan().getRowType().getFieldList().get(i).getType())).toList();
    }

    private RelNode gathered(List<Pair<String, RelDataType>> fields) {
        return SqlLeaf.of(task.plan().getCluster(), Relation.Named.of(terms()).as("terms"), fields);
    }

    private Step emptyTerms() {
        return workshop.merging("Empty the table of terms.", "DELETE FROM " + Quoting.table(terms()));
    }

    private static Optional<RelNode> changes(JoinRegion region, int input, Set<TableName> changed) {
        return region.inputs().get(input) instanceof TableScan scan && changed.contains(Scans.nameOf(scan))
                ? Optional.of(new Differentiator(Set.of(Scans.nameOf(scan))).delta(scan).terms().getFirst())
                : Optional.empty();
    }

    private static String nameOf(JoinRegion region, int input) {
        return Scans.nameOf((TableScan) region.inputs().get(input)).name();
    }

    /** A chain and what goes along it, for people. */
    private record Path(Chain chain, String what) {
    }

    private List<Step> follow(JoinRegion region, ChainRows start, Path path, IntFunction<Optional<RelNode>> takenAway) {
        Journey journey = new Journey(region, path.what());
        List<ChainWalk.Variant> arrived = new ChainWalk(region, path.chain(), journey, takenAway).from(start);
        journey.arrive(arrived);
        return journey.steps;
    }

    /** Writes the steps of one chain. */
    private final class Journey implements ChainWalk.Transfer {
        private final JoinRegion region;
        private final String what;
        private final List<Step> steps = new ArrayList<>();
        private final MovedTables.Visits visits = new MovedTables.Visits();
        private final List<Integer> met = new ArrayList<>();
        private Optional<TableName> toEmpty = Optional.empty();
        private boolean everywhere;

        Journey(JoinRegion region, String what) {
            this.region = region;
            this.what = what;
        }

        @Override
        public void met(int input) {
            met.add(input);
        }

        @Override
        public ChainRows move(Chain.Arrival arrival, List<ChainWalk.Variant> rows, List<Integer> needed) {
            return switch (arrival) {
                case Chain.Arrival.Shuffle shuffle -> shuffle(shuffle, rows, needed);
                case Chain.Arrival.Broadcast broadcast -> {
                    ChainRows fenced = Fence.around(rows.stream().map(ChainWalk.Variant::rows).toList(), needed,
                            workshop.text());
                    everywhere = true;
                    yield fenced;
                }
                case Chain.Arrival.Start start -> throw new IllegalArgumentException("rows lie where they begin");
            };
        }

        private ChainRows shuffle(Chain.Arrival.Shuffle shuffle, List<ChainWalk.Variant> rows, List<Integer> needed) {
            MovedTables.Table table = moved.table(region, shuffle, visits);
            List<Integer> stored = MovedTables.stored(shuffle, needed);
            List<String> columns = new ArrayList<>(List.of(MovedTables.TO));
            stored.forEach(c -> columns.add(table.nameOf(region, c)));
            List<RexNode> values = new ArrayList<>(List.of(region.reference(shuffle.column())));
            stored.forEach(c -> values.add(region.reference(c)));
            String target = nameOf(region, region.inputOf(shuffle.distributionColumn()));
            for (ChainWalk.Variant variant : rows) {
                // Rows with NULL there meet nothing.
                RelNode sent = variant.rows().with(shuffle.column()).selectWeighted(values, columns);
                write(new Step(comment(variant, "to the shards of " + target), insert(table.name(), columns, sent),
                        everywhere ? Strategy.BROADCAST : Strategy.SHUFFLE, Step.WhenEmpty.GO_ON));
            }
            depart(Optional.of(table.name()));
            return table.rows(region, shuffle, stored);
        }

        void arrive(List<ChainWalk.Variant> rows) {
            for (ChainWalk.Variant variant : rows) {
                RelNode term = variant.rows().selectWeighted(region.outputs(), names);
                write(new Step(comment(variant, ""), insert(terms(), names, term),
                        everywhere ? Strategy.BROADCAST : workshop.home().gathering(), Step.WhenEmpty.GO_ON));
            }
            depart(Optional.empty());
        }

        private void write(Step step) {
            steps.add(step);
        }

        /** All has been read of the table that the rows came from. */
        private void depart(Optional<TableName> next) {
            toEmpty.ifPresent(table -> steps.add(new Step("Empty the table that they came through.",
                    "DELETE FROM " + Quoting.table(table), Strategy.COLOCATED, Step.WhenEmpty.GO_ON)));
            toEmpty = next;
            met.clear();
            everywhere = false;
        }

        private String insert(TableName table, List<String> columns, RelNode rows) {
            List<String> all = new ArrayList<>(columns);
            all.add(ChangeTable.WEIGHT);
            return "INSERT INTO " + Quoting.table(table) + " (" + Sql.names(all) + ")\n"
                    + workshop.text().of(new Delta(List.of(rows)), all);
        }

        private String comment(ChainWalk.Variant variant, String destination) {
            StringBuilder comment = new StringBuilder(met.isEmpty() ? destination.isEmpty() ? "Take " : "Send " : "Join ")
                    .append(what).append(everywhere ? ", on every node," : "");
            if (!met.isEmpty()) {
                comment.append(" with ").append(list(met));
            }
            if (!destination.isEmpty()) {
                comment.append(met.isEmpty() ? " " : " and send the rows ").append(destination);
            }
            return comment.append(variant.less().isEmpty() ? "." : ", less what is new in " + list(variant.less()) + '.')
                    .toString();
        }

        private String list(List<Integer> inputs) {
            return String.join(", ", inputs.stream().map(i -> nameOf(region, i)).distinct().toList());
        }
    }
}
