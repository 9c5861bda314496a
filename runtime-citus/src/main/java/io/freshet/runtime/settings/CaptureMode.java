package io.freshet.runtime.settings;

/** How changes of the workers are captured. */
public enum CaptureMode {
    /** {@link #STREAMING} when each worker can be connected to at the daemon's start, else {@link #POLLING}. */
    AUTO,
    /** A replication connection to every node. */
    STREAMING,
    /** Workers' slots are peeked at through the coordinator. */
    POLLING
}
