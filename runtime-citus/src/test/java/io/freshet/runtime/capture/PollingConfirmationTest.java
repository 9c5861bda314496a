package io.freshet.runtime.capture;

/** The same when the slot is peeked at and advanced. */
class PollingConfirmationTest extends ConfirmationTest {
    @Override
    CaptureServer.Way way() {
        return CaptureServer.Way.POLLING;
    }
}
