package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;

/** A node's stream has ended: the connection broke, the server went away, the slot is gone. The epoch is rolled back and tried again. */
public final class CaptureBrokenException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Node node;

    public CaptureBrokenException(Node node, String message) {
        super(node + ": " + message);
        this.node = node;
    }

    public CaptureBrokenException(Node node, String message, Throwable cause) {
        super(node + ": " + message, cause);
        this.node = node;
    }

    public Node node() {
        return node;
    }
}
