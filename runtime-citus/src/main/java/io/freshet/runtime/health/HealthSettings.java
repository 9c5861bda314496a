package io.freshet.runtime.health;

import io.freshet.runtime.settings.DataSize;
import io.freshet.runtime.settings.Setting;
import io.freshet.runtime.settings.Settings;

/**
 * What is worth a warning.
 *
 * @param slot the name of the replication slot, the same on every node
 * @param retryTicks after so many looks in a row that found a node not read, that is an error
 * @param lagWarning a slot that is farther behind is warned of
 * @param lagError a slot that is farther behind is an error
 */
public record HealthSettings(String slot, int retryTicks, DataSize lagWarning, DataSize lagError) {

    public static HealthSettings of(String slot, Settings settings) {
        return new HealthSettings(slot, settings.get(Setting.WORKER_RETRY_TICKS), settings.get(Setting.SLOT_LAG_WARNING),
                settings.get(Setting.SLOT_LAG_ERROR));
    }
}
