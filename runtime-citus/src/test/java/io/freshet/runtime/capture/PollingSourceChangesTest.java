package io.freshet.runtime.capture;

/** The same when the slot is peeked at: each look announces the relations anew. */
class PollingSourceChangesTest extends SourceChangesTest {
    @Override
    CaptureServer.Way way() {
        return CaptureServer.Way.POLLING;
    }
}
