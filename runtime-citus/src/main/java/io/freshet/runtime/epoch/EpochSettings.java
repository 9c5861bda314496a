package io.freshet.runtime.epoch;

import io.freshet.runtime.settings.Setting;
import io.freshet.runtime.settings.Settings;
import java.time.Duration;

/**
 * What an epoch needs to know of its surroundings.
 *
 * @param slot the name of the replication slot, the same on every node
 * @param barrierLimit how long a node's stream may take to show the barrier
 * @param lockLimit how long a statement waits for somebody else's lock
 * @param keptEpochs how many epochs the catalog remembers
 */
public record EpochSettings(String slot, Duration barrierLimit, Duration lockLimit, int keptEpochs) {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

    /** How long the coordinator may take to connect to a node when prepared transactions are looked for on all of them. */
    Duration connectLimit() {
        return CONNECT_LIMIT;
    }

    public static EpochSettings of(String slot, Settings settings) {
        return new EpochSettings(slot, settings.get(Setting.BARRIER_TIMEOUT), settings.get(Setting.LOCK_TIMEOUT),
                settings.get(Setting.KEPT_EPOCHS));
    }
}
