package io.freshet.runtime.capture;

import java.util.Optional;

/**
 * How a node's stream is doing.
 *
 * @param received everything below it has been read
 * @param confirmed everything below it is in a committed epoch or has no change of a source; the slot keeps the WAL from here on
 * @param pending transactions with changes that are committed and in no committed epoch
 * @param prepared transactions with changes that are prepared and not yet committed or rolled back
 * @param failure why the stream has ended
 */
public record StreamStatus(String slot, Lsn received, Lsn confirmed, int pending, int prepared, Optional<String> failure) {
}
