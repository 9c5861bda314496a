package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Connections;
import java.time.Duration;

/**
 * Captures through the coordinator only. The coordinator itself, which is reached, is streamed: requests come that way and are noticed at once.
 * A worker's slot is peeked at, by way of the coordinator, and advanced after the epoch's commit; nothing is ever consumed.
 */
public final class PollingCapture extends NodeCapture {

    /**
     * @param connections that reach the workers through the coordinator
     * @param interval how often a worker is looked at when nothing is waited for
     */
    public PollingCapture(Connections connections, CaptureSettings settings, Duration interval) {
        this(starter(new StreamStarter(connections::openReplication, settings),
                new PollingStarter(connections::session, settings.publication(), interval, AnswerSizes.DEFAULT)),
                settings);
    }

    PollingCapture(NodeReader.Starter starter, CaptureSettings settings) {
        super(starter, settings);
    }

    private static NodeReader.Starter starter(NodeReader.Starter coordinator, NodeReader.Starter workers) {
        return (node, slot, begin) -> (node.isCoordinator() ? coordinator : workers).start(node, slot, begin);
    }
}
