package io.freshet.runtime.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.coverage.Placements.Form;
import io.freshet.runtime.coverage.Placements.Placed;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeIdentity;
import io.freshet.runtime.topology.Outage;
import io.freshet.runtime.topology.Topology;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CoverageTest {
    private static final Node COORDINATOR = new Node(0, "c", 1);
    private static final Node ONE = new Node(1, "one", 2);
    private static final Node TWO = new Node(2, "two", 3);
    private static final Topology WHOLE = new Topology(true, List.of(COORDINATOR, ONE, TWO),
            Map.of(new NodeIdentity(7, 1), COORDINATOR, new NodeIdentity(8, 2), ONE, new NodeIdentity(9, 3), TWO), Map.of());

    private static final TableName WIDE = table("wide");
    private static final TableName FIRST = table("first");
    private static final TableName SECOND = table("second");
    private static final TableName COUNTRIES = table("countries");
    private static final TableName HERE = table("here");

    private static final Placements PLACEMENTS = new Placements(Map.of(
            WIDE, new Placed(Form.DISTRIBUTED, 10, Set.of(1, 2)),
            FIRST, new Placed(Form.DISTRIBUTED, 11, Set.of(1)),
            SECOND, new Placed(Form.DISTRIBUTED, 12, Set.of(2)),
            COUNTRIES, new Placed(Form.REFERENCE, 13, Set.of(0, 1, 2)),
            table("out_on_two"), new Placed(Form.DISTRIBUTED, 12, Set.of(2)),
            table("out_everywhere"), new Placed(Form.REFERENCE, 13, Set.of(0, 1, 2))));

    private static final Map<TableName, Needs> NEEDS = Map.of(
            table("of_wide"), reads(WIDE), table("of_first"), reads(FIRST), table("of_second"), reads(SECOND),
            table("of_here"), reads(HERE), table("of_countries"), reads(COUNTRIES),
            table("of_first_and_countries"), reads(FIRST, COUNTRIES),
            table("first_to_two"), new Needs(Map.of(FIRST, Set.of()), Set.of(table("out_on_two"))),
            table("here_to_everywhere"), new Needs(Map.of(HERE, Set.of()), Set.of(table("out_everywhere"))));

    private static TableName table(String name) {
        return new TableName("public", name);
    }

    private static Needs reads(TableName... sources) {
        Map<TableName, Set<TableName>> reads = new java.util.HashMap<>();
        List.of(sources).forEach(source -> reads.put(source, Set.of()));
        return new Needs(reads, Set.of());
    }

    private static Coverage without(Node... nodes) {
        Map<Node, Outage> outages = new java.util.HashMap<>();
        for (Node node : nodes) {
            outages.put(node, new Outage(node, Instant.EPOCH, "gone"));
        }
        return Coverage.of(WHOLE.without(outages), PLACEMENTS, NEEDS);
    }

    @Test
    void withAllNodesNobodyWaits() {
        Coverage coverage = without();
        assertThat(coverage.waiting()).isEmpty();
        assertThat(coverage.holdsAny()).isFalse();
        assertThat(coverage.colocationIds()).containsExactlyInAnyOrder(10, 11, 12);
    }

    @Test
    void whatReadsOrLiesOnALostWorkerWaits() {
        Coverage coverage = without(TWO);
        assertThat(coverage.waiting().keySet()).containsExactlyInAnyOrder(table("of_wide"), table("of_second"),
                table("first_to_two"), table("here_to_everywhere"));
        assertThat(coverage.waitsFor(table("of_wide"))).get().extracting(Outage::node).isEqualTo(TWO);
        assertThat(coverage.waitsFor(table("of_first_and_countries"))).isEmpty();
    }

    @Test
    void onlyWholeGroupsAreAnchoredAndPartsAreHeld() {
        Coverage coverage = without(TWO);
        assertThat(coverage.colocationIds()).containsExactly(11);
        assertThat(List.of(WIDE, FIRST, SECOND, COUNTRIES, HERE)).filteredOn(coverage::holds).containsExactly(WIDE, SECOND);
    }

    @Test
    void allGroupsAreThoseThatAreCoveredAndThoseThatWait() {
        assertThat(without(TWO).allColocationIds()).containsExactlyInAnyOrder(10, 11, 12);
        assertThat(without(ONE, TWO).allColocationIds()).containsExactlyInAnyOrder(10, 11, 12);
    }

    @Test
    void ofAStreamTableThatHasComeSinceNothingIsKnown() {
        assertThat(without().knows(table("of_wide"))).isTrue();
        assertThat(without().knows(table("of_later"))).isFalse();
        assertThat(Coverage.NONE.knows(table("of_wide"))).isFalse();
    }

    @Test
    void aGroupWithAPartOnALostWorkerIsNotAnchored() {
        Coverage onlyWide = Coverage.of(
                WHOLE.without(Map.of(TWO, new Outage(TWO, Instant.EPOCH, "gone"))), PLACEMENTS,
                Map.of(table("of_wide"), reads(WIDE)));
        assertThat(onlyWide.colocationIds()).isEmpty();
        assertThat(onlyWide.holds(WIDE)).isTrue();
    }

    @Test
    void whatIsMirroredOnALostWorkerIsHeldAlthoughItIsReadOnTheCoordinator() {
        Coverage coverage = Coverage.of(
                WHOLE.without(Map.of(TWO, new Outage(TWO, Instant.EPOCH, "gone"))), PLACEMENTS,
                Map.of(table("of_first_and_here"),
                        new Needs(Map.of(FIRST, Set.of(), HERE, Set.of(table("out_everywhere"))), Set.of()),
                        table("of_countries"), reads(COUNTRIES)));
        assertThat(List.of(FIRST, HERE, COUNTRIES)).filteredOn(coverage::holds).containsExactly(HERE);
        assertThat(coverage.waiting().keySet()).containsExactly(table("of_first_and_here"));
        assertThat(coverage.colocationIds()).containsExactly(11);
    }

    @Test
    void aWorkerThatAGroupHasLeftIsNeededUntilAnEpochHasSeenIt() {
        Placements moved = PLACEMENTS.and(Map.of(11, Set.of(1, 2)));
        Coverage coverage = Coverage.of(WHOLE.without(Map.of(TWO, new Outage(TWO, Instant.EPOCH, "gone"))), moved, NEEDS);
        assertThat(coverage.waitsFor(table("of_first"))).isPresent();
        assertThat(coverage.colocationIds()).isEmpty();
    }

    @Test
    void readersAreThoseThatNeedTheNode() {
        Coverage coverage = without();
        assertThat(coverage.readersOf(ONE)).containsExactlyInAnyOrder(table("of_wide"), table("of_first"),
                table("of_first_and_countries"), table("first_to_two"), table("here_to_everywhere"));
        assertThat(coverage.readersOf(COORDINATOR)).isEqualTo(NEEDS.keySet());
    }

    @Test
    void aGroupIsWithoutHistoryWhenNoSettledStreamTableTouchesIt() {
        assertThat(without().groupsWithout(NEEDS.keySet())).isEmpty();
        assertThat(without().groupsWithout(List.of(table("of_first"), table("of_here")))).containsExactlyInAnyOrder(10, 12);
    }
}
