package io.freshet.runtime.capture;

/** The same changes come by peeking at the slot. */
class PollingCaptureTest extends StreamingCaptureTest {
    @Override
    CaptureServer.Way way() {
        return CaptureServer.Way.POLLING;
    }
}
