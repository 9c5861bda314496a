package io.freshet.runtime.daemon;

import io.freshet.runtime.settings.Setting;
import io.freshet.runtime.settings.Settings;
import java.time.Clock;
import java.time.Duration;

/**
 * How fast the loop goes.
 *
 * @param betweenEpochs the least time from the begin of one epoch to the begin of the next
 * @param creation how long a new stream table waits for older transactions
 */
record Pace(Clock clock, Duration betweenEpochs, Duration creation) {

    static Pace of(Settings settings) {
        return new Pace(Clock.systemUTC(), settings.get(Setting.MIN_EPOCH_INTERVAL), settings.get(Setting.CREATE_TIMEOUT));
    }
}
