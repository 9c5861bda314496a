package io.freshet.runtime.refresh;

import io.freshet.runtime.settings.DataSize;
import java.time.Clock;

/**
 * What refreshing needs to know of its surroundings.
 *
 * @param heldChanges how much is held back for stream tables that wait for a node; beyond that they are refreshed in full when it is there
 */
public record RefreshSettings(Clock clock, DataSize heldChanges) {
}
