package io.freshet.runtime.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Outage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutagesTest {
    private static final Node NODE = new Node(1, "one", 5432);

    private final Outages outages = new Outages();

    @Test
    void aNodeIsOutSinceItsFirstFailureForTheLastReason() {
        outages.failed(NODE, "first");
        Outage before = outages.all().get(NODE);
        outages.failed(NODE, "second");
        assertThat(outages.all().get(NODE)).isEqualTo(new Outage(NODE, before.since(), "second"));
        assertThat(outages.ended(NODE)).isTrue();
        assertThat(outages.ended(NODE)).isFalse();
        assertThat(outages.all()).isEmpty();
    }

    @Test
    void aNodeThatDoesNotAnswerIsNotTried() {
        outages.failed(NODE, "gone");
        outages.watch(node -> false, Map::of);
        assertThat(outages.lasting()).containsOnlyKeys(NODE);
        assertThat(outages.anyWorthATry()).isFalse();
    }

    @Test
    void aNodeThatHasJustFailedIsNotTriedAtOnce() {
        outages.watch(node -> true, Map::of);
        for (int attempt = 0; attempt < 100; attempt++) {
            outages.failed(NODE, "gone");
        }
        assertThat(outages.anyWorthATry()).isFalse();
        assertThat(outages.lasting()).containsOnlyKeys(NODE);
    }

    @Test
    void aWorkerThatFallsSilentIsNotedOnce() {
        outages.watch(node -> false, () -> Map.of(NODE, "gone", new Node(Node.COORDINATOR_GROUP, "here", 5432), "gone"));
        assertThat(outages.silent()).isEqualTo(Map.of(NODE, "gone"));
        outages.failed(NODE, "gone");
        assertThat(outages.silent()).isEmpty();
    }

    @Test
    void aNodeThatLeftTheClusterIsForgotten() {
        outages.failed(NODE, "gone");
        outages.retain(List.of());
        assertThat(outages.all()).isEmpty();
    }
}
