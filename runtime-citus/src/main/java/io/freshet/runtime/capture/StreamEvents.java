package io.freshet.runtime.capture;

/** What a stream tells the capture, on the stream's thread. */
interface StreamEvents {
    /** A committed transaction with changes has been read. */
    void changed();

    /** The stream has ended by an error. */
    void broken();

    /** A message of prefix {@code freshet.request}. */
    void requested(byte[] content);
}
