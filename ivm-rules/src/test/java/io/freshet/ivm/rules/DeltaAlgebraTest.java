package io.freshet.ivm.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** For every rule: old state + delta = new state, on random relations with NULLs and duplicates, any set of tables changed. */
class DeltaAlgebraTest {
    private static final long FROM_EPOCH = 7;
    private static final int ROUNDS = 400;

    @Test
    void scanOfAChangedTable() {
        holdsFor((plans, random) -> plans.scan(ToyPlans.TABLES.getFirst()));
    }

    @Test
    void filter() {
        holdsFor((plans, random) -> plans.filter(plans.any(0)));
    }

    @Test
    void projectionThatMakesRowsEqual() {
        holdsFor((plans, random) -> plans.project(plans.any(0)));
    }

    @Test
    void unionAllOfATableWithItself() {
        holdsFor((plans, random) -> plans.unionAll(plans.scan(ToyPlans.TABLES.getFirst()),
                plans.scan(ToyPlans.TABLES.getFirst())));
    }

    @Test
    void innerJoinOfTwoTables() {
        holdsFor((plans, random) -> plans.join(plans.scan(ToyPlans.TABLES.get(0)), plans.scan(ToyPlans.TABLES.get(1))));
    }

    @Test
    void selfJoin() {
        holdsFor((plans, random) -> plans.join(plans.scan(ToyPlans.TABLES.getFirst()), plans.scan(ToyPlans.TABLES.getFirst())));
    }

    @Test
    void threeWayJoinNestedEitherWay() {
        holdsFor((plans, random) -> {
            RelNode r = plans.scan(ToyPlans.TABLES.get(0));
            RelNode s = plans.scan(ToyPlans.TABLES.get(1));
            RelNode t = plans.scan(ToyPlans.TABLES.get(random.nextInt(3)));
            return random.nextBoolean() ? plans.join(plans.join(r, s), t) : plans.join(r, plans.join(s, t));
        });
    }

    @Test
    void anyTreeOfThem() {
        holdsFor((plans, random) -> plans.any(random.nextInt(4)));
    }

    @Test
    void aSingleChangedInputGivesASingleTerm() {
        ToyPlans plans = new ToyPlans(new Random(1));
        RelNode join = plans.join(plans.join(plans.scan(ToyPlans.TABLES.get(0)), plans.scan(ToyPlans.TABLES.get(1))),
                plans.scan(ToyPlans.TABLES.get(2)));

        assertThat(new Differentiator(Set.of(ToyPlans.TABLES.get(1))).delta(join).terms()).hasSize(1);
        assertThat(new Differentiator(Set.of(ToyPlans.TABLES.get(0), ToyPlans.TABLES.get(2))).delta(join).terms()).hasSize(3);
        assertThat(new Differentiator(Set.copyOf(ToyPlans.TABLES)).delta(join).terms()).hasSize(7);
        assertThat(new Differentiator(Set.of()).delta(join).isEmpty()).isTrue();
    }

    @Test
    void operatorsWithoutARuleAreSaidToHaveNone() {
        ToyPlans plans = new ToyPlans(new Random(1));
        RelNode scan = plans.scan(ToyPlans.TABLES.getFirst());

        assertThat(Differentiator.hasRule(LogicalUnion.create(List.of(scan, scan), false))).isFalse();
        assertThat(Differentiator.hasRule(scan)).isTrue();
    }

    private static void holdsFor(BiFunction<ToyPlans, Random, RelNode> planOf) {
        long base = Long.getLong("freshet.seed", 20251122L);
        for (long seed = base; seed < base + ROUNDS; seed++) {
            Random random = new Random(seed);
            RelNode plan = planOf.apply(new ToyPlans(random), random);
            World world = new World(random);

            ZSet before = new Evaluator(world.old(), FROM_EPOCH).rows(plan);
            ZSet after = new Evaluator(world.tables, FROM_EPOCH).rows(plan);
            ZSet delta = new ZSet();
            for (RelNode term : new Differentiator(world.changed()).delta(plan).terms()) {
                delta = delta.plus(new Evaluator(world.tables, FROM_EPOCH).weighted(term));
            }

            assertThat(before.plus(delta)).as("freshet.seed=%d%n%s", seed, plan.explain()).isEqualTo(after);
        }
    }

    /** New states, and change tables with the epochs 6 and 7, which the stream table has, and 8 and 9, which it has not. */
    private static final class World {
        private final Random random;
        private final Map<TableName, ZSet> tables = new HashMap<>();

        World(Random random) {
            this.random = random;
            for (TableName table : ToyPlans.TABLES) {
                ZSet rows = randomRows(8);
                ZSet changes = new ZSet();
                if (random.nextInt(3) > 0) {
                    for (int epoch = 6; epoch <= 9; epoch++) {
                        ZSet next = rows.plus(new ZSet());
                        change(next);
                        record(changes, epoch, next.minus(rows));
                        rows = next;
                    }
                }
                tables.put(table, rows);
                tables.put(ChangeTable.nameFor(table), changes);
            }
        }

        Map<TableName, ZSet> old() {
            Map<TableName, ZSet> old = new HashMap<>();
            for (TableName table : ToyPlans.TABLES) {
                ZSet delta = new ZSet();
                tables.get(ChangeTable.nameFor(table)).forEach((row, copies) -> {
                    if (row.get(0) > FROM_EPOCH) {
                        delta.add(row.subList(2, 4), row.get(1) * copies);
                    }
                });
                old.put(table, tables.get(table).minus(delta));
            }
            return old;
        }

        Set<TableName> changed() {
            Set<TableName> changed = new HashSet<>(ToyPlans.TABLES);
            changed.removeIf(table -> tables.get(ChangeTable.nameFor(table)).isEmpty());
            return changed;
        }

        private void change(ZSet rows) {
            List<List<@Nullable Long>> present = new ArrayList<>();
            rows.forEach((row, copies) -> present.add(row));
            present.stream().filter(row -> random.nextInt(3) == 0).forEach(row -> rows.add(row, -1));
            randomRows(3).forEach(rows::add);
        }

        private void record(ZSet changes, long epoch, ZSet delta) {
            delta.forEach((row, weight) -> {
                List<@Nullable Long> change = new ArrayList<>(List.of(epoch, weight));
                change.addAll(row);
                changes.add(change, 1);
            });
        }

        private ZSet randomRows(int most) {
            ZSet rows = new ZSet();
            for (int i = random.nextInt(most + 1); i > 0; i--) {
                List<@Nullable Long> row = new ArrayList<>();
                row.add(value());
                row.add(value());
                rows.add(row, 1);
            }
            return rows;
        }

        private @Nullable Long value() {
            int choice = random.nextInt(4);
            return choice == 3 ? null : Long.valueOf(choice);
        }
    }
}
