package io.freshet.parser.depth;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs work on a stack that holds what the parser lets through: an ordinary thread's holds a chain of some hundreds of operators, people's
 * generators write thousands. The stack is address space until it is used, and goes with its thread when the work is done.
 */
public final class DeepStack {
    private static final long STACK_BYTES = 512L << 20;

    private DeepStack() {
    }

    private static final class DeepThread extends Thread {
        DeepThread(Runnable work) {
            super(null, work, Thread.currentThread().getName() + " (deep)", STACK_BYTES);
            setDaemon(true);
        }
    }

    /**
     * What {@code work} gives. It runs on a thread of its own, or directly where the calling thread already is one; the caller waits,
     * also when it is interrupted. Safe for use by many threads.
     *
     * @throws FreshetException TOO_DEEP, without a position, when even this stack does not suffice; and what {@code work} throws, as it is
     */
    public static <T> T call(Supplier<T> work) {
        if (Thread.currentThread() instanceof DeepThread) {
            return work.get();
        }
        FutureTask<T> task = new FutureTask<>(work::get);
        new DeepThread(task).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrown(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrown(Throwable failure) {
        return switch (failure) {
            case StackOverflowError overflow -> FreshetException.of(ErrorCode.TOO_DEEP, "the query is nested too deeply");
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            default -> new IllegalStateException(failure);
        };
    }
}
