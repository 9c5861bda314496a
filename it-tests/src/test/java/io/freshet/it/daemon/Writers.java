package io.freshet.it.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that write until they are stopped; each asks {@link #areStopping}. */
public final class Writers implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean stopping;

    public void start(Runnable writer) {
        running.add(threads.submit(writer));
    }

    public boolean areStopping() {
        return stopping;
    }

    /** Whether one has ended: nobody should wait for more of it. */
    public boolean anyEnded() {
        return running.stream().anyMatch(Future::isDone);
    }

    /** Ends what they do. A failure of any is the caller's. */
    public void stop() {
        stopping = true;
        for (Future<?> writer : running) {
            try {
                writer.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (ExecutionException e) {
                throw new AssertionError("a writer failed", e.getCause());
            }
        }
        running.clear();
    }

    @Override
    public void close() {
        stopping = true;
        threads.close();
    }
}
