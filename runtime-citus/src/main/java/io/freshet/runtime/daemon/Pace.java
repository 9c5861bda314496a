package io.freshet.runtime.daemon;

import io.freshet.runtime.refresh.RefreshSettings;
import io.freshet.runtime.settings.DataSize;
import io.freshet.runtime.settings.Setting;
import io.freshet.runtime.settings.Settings;
import java.time.Clock;
import java.time.Duration;

/**
 * How fast the loop goes.
 *
 * @param betweenEpochs the least time from the begin of one epoch to the begin of the next
 * @param creation how long a new stream table waits for older transactions
 * @param heldChanges how much is held back for stream tables that wait for a node
 */
record Pace(Clock clock, Duration betweenEpochs, Duration creation, DataSize heldChanges) {

    static Pace of(Settings settings) {
        return new Pace(Clock.systemUTC(), settings.get(Setting.MIN_EPOCH_INTERVAL), settings.get(Setting.CREATE_TIMEOUT),
                settings.get(Setting.HELD_CHANGES_LIMIT));
    }

    RefreshSettings refresh() {
        return new RefreshSettings(clock, heldChanges);
    }
}
