package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgSnapshotTest {
    private static final long EPOCH = 1L << 32;

    @Test
    void seesWhatHadEnded() {
        PgSnapshot snapshot = PgSnapshot.parse("100:110:103,107");
        assertThat(snapshot.sees(99L)).isTrue();
        assertThat(snapshot.sees(100L)).isTrue();
        assertThat(snapshot.sees(103L)).isFalse();
        assertThat(snapshot.sees(106L)).isTrue();
        assertThat(snapshot.sees(107L)).isFalse();
        assertThat(snapshot.sees(110L)).isFalse();
        assertThat(snapshot.xmax()).isEqualTo(110);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100:100:", "100:110:103,107", "4294967290:4294967300:4294967295"})
    void isWrittenAsItWasRead(String text) {
        assertThat(PgSnapshot.parse(text)).hasToString(text).isEqualTo(PgSnapshot.parse(text))
                .hasSameHashCodeAs(PgSnapshot.parse(text));
    }

    @Test
    void extendsIdsAcrossTheTurnOfTheCounter() {
        PgSnapshot snapshot = PgSnapshot
                .parse(3 * EPOCH - 5 + ":" + (3 * EPOCH + 5) + ":" + (3 * EPOCH - 2) + "," + (3 * EPOCH + 3));
        assertThat(snapshot.sees((int) (3 * EPOCH - 6))).isTrue();
        assertThat(snapshot.sees(-2)).isFalse();
        assertThat(snapshot.sees(-1)).isTrue();
        assertThat(snapshot.sees(3)).isFalse();
        assertThat(snapshot.sees(4)).isTrue();
        assertThat(snapshot.sees(5)).isFalse();
        assertThat(snapshot.sees(Integer.MAX_VALUE)).isFalse();
    }

    @Test
    void extendsToTheNearestId() {
        for (long reference : new long[]{5 * EPOCH, 5 * EPOCH + 7, 5 * EPOCH - 1, 5 * EPOCH + Integer.MAX_VALUE,
                5 * EPOCH + (1L << 31)}) {
            for (long distance : new long[]{0, 1, -1, 1000, -1000, Integer.MAX_VALUE, -Integer.MAX_VALUE}) {
                assertThat(PgSnapshot.extend((int) (reference + distance), reference)).isEqualTo(reference + distance);
            }
        }
    }

    /** A frozen row keeps its number for ever. */
    @Test
    void anIdOfARowIsOneThatHasBeen() {
        for (long next : new long[]{5 * EPOCH, 5 * EPOCH + 7, 5 * EPOCH + Integer.MAX_VALUE}) {
            for (long before : new long[]{1, 2, 1000, 1L << 31, (1L << 32) - 1}) {
                assertThat(PgSnapshot.past((int) (next - before), next)).isEqualTo(next - before);
            }
        }
    }

    /** Two thousand million transactions after the snapshot, ids come round again that it seems to see. */
    @Test
    void anOldSnapshotDoesNotClaimNewTransactions() {
        PgSnapshot snapshot = PgSnapshot.parse("1000:1000:");
        long now = 3_000_000_000L;
        Ingested ingested = new Ingested(snapshot, new Lsn(500), now);
        assertThat(snapshot.sees((int) now)).isTrue();
        assertThat(ingested.covers((int) now, 400)).isFalse();
        assertThat(ingested.covers(999, 400)).isFalse();
        Ingested young = new Ingested(snapshot, new Lsn(500), 1500);
        assertThat(young.covers(999, 400)).isTrue();
        assertThat(young.covers(999, 500)).isFalse();
        assertThat(young.covers(1000, 400)).isFalse();
    }
}
