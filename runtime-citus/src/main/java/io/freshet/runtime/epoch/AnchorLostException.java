package io.freshet.runtime.epoch;

/**
 * The anchors could not be taken as they should: a row of the last epoch is still prepared on a node, a shard has just moved or was split, or
 * another daemon has moved on. The epoch is rolled back, the state is read again, and the epoch is tried again.
 */
final class AnchorLostException extends Exception {
    private static final long serialVersionUID = 1L;

    AnchorLostException(String message) {
        super(message);
    }
}
