package io.freshet.runtime.capture;

import java.util.concurrent.Semaphore;

/**
 * How long answers of slots may be. Each answer is in memory several times over while it is read, and that of all workers at once. So they are short,
 * but one at a time may be longer: each begins with decoding everything again, and whoever has much to read is faster with few. Safe for concurrent
 * use.
 */
final class AnswerSizes {
    /** What a server can hold in one value is 1 GB, several times over on its way; this much at least is not felt. */
    static final AnswerSizes DEFAULT = new AnswerSizes(8 << 20);
    private static final int GROWTH = 4;

    private final int usual;
    private final Semaphore longer = new Semaphore(1);

    /** @param usual of messages, in bytes; an answer has one at least */
    AnswerSizes(int usual) {
        this.usual = usual;
    }

    /**
     * The size of one answer, to be given back when it has been read.
     *
     * @param much whether there is known to be much to be read
     */
    int borrow(boolean much) {
        return much && longer.tryAcquire() ? GROWTH * usual : usual;
    }

    void giveBack(int size) {
        if (size > usual) {
            longer.release();
        }
    }
}
