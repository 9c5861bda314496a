package io.freshet.runtime.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The loop's thread is blocked while it waits for a slot: for long only when nobody else waits for the thread. */
class SlotWaitTest {
    private static final int ATTEMPTS = 100;

    @Test
    void whoeverIsServedWaitsForOneShortTryInALongTime() {
        assertThat(IntStream.range(0, ATTEMPTS).mapToObj(i -> SlotWait.of(i, false).patience()))
                .containsOnly(Duration.ofSeconds(2));
        assertThat(SlotWait.of(0, false).pause()).isEqualTo(Duration.ofMillis(500));
        assertThat(SlotWait.of(ATTEMPTS, false).pause()).isEqualTo(Duration.ofSeconds(32));
    }

    @Test
    void withNobodyToServeTriesGetLongerAndFollowAtOnce() {
        assertThat(IntStream.range(0, 5).mapToObj(i -> SlotWait.of(i, true).patience().toSeconds()))
                .containsExactly(2L, 4L, 8L, 16L, 16L);
        assertThat(IntStream.range(0, ATTEMPTS).mapToObj(i -> SlotWait.of(i, true).pause())).containsOnly(Duration.ofMillis(500));
    }
}
