package io.freshet.runtime.capture;

/** Captures through one replication connection per node. */
public final class StreamingCapture extends NodeCapture {

    public StreamingCapture(ReplicationConnections connections, CaptureSettings settings) {
        super(new StreamStarter(connections, settings), settings);
    }
}
