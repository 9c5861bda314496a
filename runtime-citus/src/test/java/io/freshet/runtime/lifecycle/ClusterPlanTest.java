package io.freshet.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.ivm.Strategy;
import org.junit.jupiter.api.Test;

/** Plans as Citus 13.2 shows them, shortened, against what their steps say of themselves. */
class ClusterPlanTest {
    private static final ClusterPlan PUSHED_DOWN = plan("""
                                                        Custom Scan (Citus Adaptive)
                                                          Task Count: 6
                                                          Tasks Shown: One of 6
                                                          ->  Task
                                                                Query: INSERT INTO pgtrickle_state.s_102 SELECT ..
                                                                ->  Insert on pgtrickle_state.s_102 citus_table_alias
                                                                      ->  Seq Scan on pgtrickle_state.terms_103 terms
                                                        """);

    private static final ClusterPlan CHANGES_TO_SHARDS = plan(
            """
            Custom Scan (Citus INSERT ... SELECT)
              INSERT/SELECT method: repartition
              ->  Custom Scan (Citus Adaptive)
                    Task Count: 4
                    ->  Task
                          ->  Hash Join
                                ->  Index Scan using epoch on pgtrickle_changes.orders_1 d
                                ->  Hash
                                      ->  Seq Scan on public.customers_1 c
            """);

    private static final ClusterPlan UNION_TO_SHARDS = plan(
            """
            Custom Scan (Citus INSERT ... SELECT)
              INSERT/SELECT method: pull to coordinator
              ->  Custom Scan (Citus Adaptive)
                    ->  Distributed Subplan 3_1
                          ->  Custom Scan (Citus Adaptive)
                                Task Count: 4
                                ->  Task
                                      ->  Seq Scan on pgtrickle_changes.orders_1 d
                    Task Count: 1
                    ->  Task
                          ->  Function Scan on pg_catalog.read_intermediate_result r
            """);

    /** The copy of a change table that lies on every node is read where the others' changes are collected. */
    private static final ClusterPlan UNION_WITH_A_COPY_TO_SHARDS = plan(
            """
            Custom Scan (Citus INSERT ... SELECT)
              INSERT/SELECT method: pull to coordinator
              ->  Custom Scan (Citus Adaptive)
                    ->  Distributed Subplan 5_1
                          ->  Custom Scan (Citus Adaptive)
                                Task Count: 4
                                ->  Task
                                      ->  Seq Scan on pgtrickle_changes.orders_1 d
                    Task Count: 1
                    ->  Task
                          ->  Append
                                ->  Function Scan on pg_catalog.read_intermediate_result r
                                ->  Seq Scan on pgtrickle_changes.kinds_1 k
            """);

    private static final ClusterPlan BROADCAST_TO_SHARDS = plan(
            """
            Custom Scan (Citus INSERT ... SELECT)
              INSERT/SELECT method: repartition
              ->  Custom Scan (Citus Adaptive)
                    ->  Distributed Subplan 4_1
                          ->  Custom Scan (Citus Adaptive)
                                Task Count: 4
                                ->  Task
                                      ->  Seq Scan on pgtrickle_changes.orders_1 d
                    Task Count: 3
                    ->  Task
                          ->  Hash Join
                                ->  Function Scan on pg_catalog.read_intermediate_result r
                                ->  Seq Scan on public.kinds_1 k
            """);

    private static final ClusterPlan TABLE_TO_SHARDS = plan("""
                                                            Custom Scan (Citus INSERT ... SELECT)
                                                              INSERT/SELECT method: repartition
                                                              ->  Custom Scan (Citus Adaptive)
                                                                    Task Count: 4
                                                                    ->  Task
                                                                          ->  Seq Scan on public.orders_1 orders
                                                            """);

    private static final ClusterPlan CHANGES_TO_NODES = plan(
            """
            Insert on pgtrickle_state.terms
              ->  Custom Scan (Citus Adaptive)
                    ->  Distributed Subplan 7_1
                          ->  Custom Scan (Citus Adaptive)
                                Task Count: 4
                                ->  Task
                                      ->  Seq Scan on pgtrickle_changes.orders_1 d
                    Task Count: 3
                    ->  Task
                          ->  Hash Join
                                ->  Function Scan on pg_catalog.read_intermediate_result r
                                ->  Bitmap Heap Scan on public.kinds_1 k
                                      ->  Bitmap Index Scan on kinds_code_1
            """);

    private static final ClusterPlan TABLE_TO_NODES = plan(
            """
            Insert on pgtrickle_state.terms
              ->  Custom Scan (Citus Adaptive)
                    ->  Distributed Subplan 9_1
                          ->  Custom Scan (Citus Adaptive)
                                Task Count: 3
                                ->  Task
                                      ->  Seq Scan on public.kinds_1 k
                    Task Count: 4
                    ->  Task
                          ->  Hash Join
                                ->  Function Scan on pg_catalog.read_intermediate_result r
                                ->  Seq Scan on pgtrickle_changes.orders_1 d
            """);

    private static final ClusterPlan PARTS_OF_AN_AGGREGATE = plan("""
                                                                  Insert on pgtrickle_state.kept
                                                                    ->  Aggregate
                                                                          ->  Custom Scan (Citus Adaptive)
                                                                                Task Count: 4
                                                                                ->  Task
                                                                                      Node: host=127.0.0.1 port=1 dbname=d
                                                                                      ->  Aggregate
                                                                                            ->  Seq Scan on public.orders_1 orders
                                                                  """);

    private static final ClusterPlan ROWS_OF_AN_AGGREGATE = plan("""
                                                                 Insert on pgtrickle_state.kept
                                                                   ->  Aggregate
                                                                         ->  Custom Scan (Citus Adaptive)
                                                                               Task Count: 4
                                                                               ->  Task
                                                                                     Node: host=127.0.0.1 port=1 dbname=d
                                                                                     ->  Seq Scan on public.orders_1 orders
                                                                 """);

    private static final ClusterPlan REPARTITIONED = plan("""
                                                          Insert on pgtrickle_state.terms
                                                            ->  Custom Scan (Citus Adaptive)
                                                                  Task Count: 12
                                                                  Tasks Shown: None, not supported for re-partition queries
                                                                  ->  MapMergeJob
                                                                        Map Task Count: 4
                                                          """);

    @Test
    void colocatedIsWhatCitusPushesDown() {
        assertThat(PUSHED_DOWN.contradicts(Strategy.COLOCATED)).isEmpty();
        assertThat(CHANGES_TO_SHARDS.contradicts(Strategy.COLOCATED)).isPresent();
        assertThat(CHANGES_TO_NODES.contradicts(Strategy.COLOCATED)).isPresent();
    }

    @Test
    void aShuffleSendsWhatHasMetAChange() {
        assertThat(CHANGES_TO_SHARDS.contradicts(Strategy.SHUFFLE)).isEmpty();
        assertThat(UNION_TO_SHARDS.contradicts(Strategy.SHUFFLE)).isEmpty();
        assertThat(UNION_WITH_A_COPY_TO_SHARDS.contradicts(Strategy.SHUFFLE)).isEmpty();
        assertThat(BROADCAST_TO_SHARDS.contradicts(Strategy.SHUFFLE)).contains("its rows are sent to where tables lie");
        assertThat(TABLE_TO_SHARDS.contradicts(Strategy.SHUFFLE)).contains("rows are moved that no change has met");
        assertThat(CHANGES_TO_NODES.contradicts(Strategy.SHUFFLE)).contains("it does not go to shards");
    }

    @Test
    void aBroadcastSendsWhatHasMetAChange() {
        assertThat(CHANGES_TO_NODES.contradicts(Strategy.BROADCAST)).isEmpty();
        assertThat(TABLE_TO_NODES.contradicts(Strategy.BROADCAST)).contains("rows are moved that no change has met");
        assertThat(CHANGES_TO_SHARDS.contradicts(Strategy.BROADCAST)).contains("nothing goes to every node");
    }

    @Test
    void whatTheCoordinatorCompletesIsAPartOrHasMetAChange() {
        assertThat(CHANGES_TO_NODES.contradicts(Strategy.TWO_PHASE)).isEmpty();
        assertThat(PARTS_OF_AN_AGGREGATE.contradicts(Strategy.TWO_PHASE)).isEmpty();
        assertThat(ROWS_OF_AN_AGGREGATE.contradicts(Strategy.TWO_PHASE))
                .contains("rows come to the coordinator that no change has met");
        assertThat(ROWS_OF_AN_AGGREGATE.contradicts(Strategy.COORDINATOR)).isEmpty();
    }

    @Test
    void onlyAWholeQueryIsRepartitioned() {
        assertThat(REPARTITIONED.contradicts(Strategy.TWO_PHASE)).contains("whole tables are repartitioned");
        assertThat(REPARTITIONED.contradicts(Strategy.REPARTITION)).isEmpty();
    }

    private static ClusterPlan plan(String text) {
        return ClusterPlan.of(text.lines().toList());
    }
}
