package io.freshet.runtime.daemon;

import java.time.Duration;

/**
 * How the loop's thread waits for a slot, which waits for every transaction that runs on its node: it cannot do anything else meanwhile, but a try that
 * is given up begins from nothing, so that transactions which are short, but follow each other, could keep it from ever being made.
 *
 * @param patience of one try
 * @param pause until the next
 */
record SlotWait(Duration patience, Duration pause) {
    private static final Duration SHORTEST = Duration.ofSeconds(2);
    private static final int MOST_DOUBLINGS = 3;
    private static final int MOST_DOUBLINGS_OF_PAUSES = 6;

    /**
     * @param attempts that have failed
     * @param servesNobody whether no stream table is kept waiting: the next try lasts longer then, else the next pause
     */
    static SlotWait of(int attempts, boolean servesNobody) {
        Duration halfASecond = Duration.ofMillis(500);
        return servesNobody
                ? new SlotWait(SHORTEST.multipliedBy(1L << Math.min(attempts, MOST_DOUBLINGS)), halfASecond)
                : new SlotWait(SHORTEST, halfASecond.multipliedBy(1L << Math.min(attempts, MOST_DOUBLINGS_OF_PAUSES)));
    }
}
