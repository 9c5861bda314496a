package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures through one {@link NodeReader} per node, whatever kind each is of.
 *
 * <p>Memory is bounded: changes beyond the budget go to disk. Readers never wait for an epoch, so an epoch that waits for a barrier never waits
 * for itself.
 */
public abstract sealed class NodeCapture implements Capture permits StreamingCapture, PollingCapture {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCapture.class);

    private final NodeReader.Starter starter;
    private final CaptureSettings settings;
    private final ChangeStore store;
    private final Set<Node> started = ConcurrentHashMap.newKeySet();
    private final Map<Node, Reading> readings = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final StreamEvents events = new Events();
    private boolean woken;
    private String lastToken = "";
    private volatile Optional<Consumer<byte[]>> requests = Optional.empty();
    private volatile Supplier<Optional<String>> whyNotWait = Optional::empty;

    NodeCapture(NodeReader.Starter starter, CaptureSettings settings) {
        this.starter = starter;
        this.settings = settings;
        this.store = new ChangeStore(settings);
    }

    /** A node that is being read, and what has been read. */
    private static final class Reading {
        private final String slot;
        private final NodeReader reader;
        private final PendingTransactions pending;
        private final Layouts layouts;
        private List<ChangeLog> handedOut = List.of();

        private Reading(String slot, NodeReader reader, PendingTransactions pending, Layouts layouts) {
            this.slot = slot;
            this.reader = reader;
            this.pending = pending;
            this.layouts = layouts;
        }

        private void takeBack() {
            handedOut.forEach(ChangeLog::release);
            handedOut = List.of();
        }
    }

    @Override
    public void start(Node node, String slot, PgSnapshot ingested, Lsn begin) throws CaptureBrokenException {
        stop(node);
        started.add(node);
        NodeReader.Started start = starter.start(node, slot, begin);
        PendingTransactions pending = new PendingTransactions(new Ingested(ingested, start.position(), start.nextXid()));
        Layouts layouts = new Layouts();
        TransactionAssembler assembler = new TransactionAssembler(pending, store, layouts, events);
        NodeReader reader = start.maker().make(assembler, pending, events);
        readings.put(node, new Reading(slot, reader, pending, layouts));
        reader.start();
        LOG.info("reading {} from slot \"{}\", ingested {}", node, slot, ingested);
    }

    @Override
    public Lsn doneWith(Node node) throws CaptureBrokenException {
        return reading(node).pending.confirmable();
    }

    @Override
    public void stop(Node node) {
        started.remove(node);
        Reading reading = readings.remove(node);
        if (reading != null) {
            reading.reader.stop();
            reading.takeBack();
            reading.pending.release();
        }
    }

    @Override
    public Lsn awaitBarrier(Node node, String token, Duration limit) throws CaptureBrokenException, InterruptedException {
        Reading reading = reading(node);
        if (!token.equals(lastToken)) {
            // The other nodes' barriers of this epoch are written, too: their readers need not wait until they are asked for.
            lastToken = token;
            readings.values().forEach(r -> r.reader.expect());
        }
        reading.reader.hurry();
        try {
            Optional<Lsn> lsn = reading.pending.awaitBarrier(token, limit, reading.reader::lastProgress);
            boolean decoding = true;
            while (lsn.isEmpty() && decoding) {
                requireWorthWaiting(node);
                decoding = reading.reader.isDecoding();
                // Also when it has just finished: then the barrier is on its way.
                lsn = reading.pending.awaitBarrier(token, limit, reading.reader::lastProgress);
            }
            if (lsn.isEmpty()) {
                StreamStatus status = reading.pending.status(reading.slot, reading.reader.confirmed());
                throw new CaptureBrokenException(node, "the barrier did not come, nor anything else for " + limit.toMillis()
                        + " ms; the stream has been read up to " + status.received());
            }
            return lsn.get();
        } catch (PendingTransactions.StreamEndedException e) {
            throw broken(node, e);
        } finally {
            reading.reader.relax();
        }
    }

    /** A decoder that has lost its way looks as one that is at work. */
    private void requireWorthWaiting(Node node) throws CaptureBrokenException {
        Optional<Node> ended = broken().stream().findFirst();
        if (ended.isPresent()) {
            throw new CaptureBrokenException(ended.get(), "the stream has ended: "
                    + status(ended.get()).flatMap(StreamStatus::failure).orElse("it could not be started"));
        }
        Optional<String> why = whyNotWait.get();
        if (why.isPresent()) {
            throw new CaptureBrokenException(node, "the barrier did not come, and is not waited for any more: " + why.get());
        }
    }

    @Override
    public NodeChanges take(Node node, PgSnapshot snapshot) throws CaptureBrokenException {
        Reading reading = reading(node);
        reading.takeBack();
        try {
            List<Transaction> visible = reading.pending.visible(snapshot);
            Netting.Result result = new Netting(reading.layouts, store, settings.nettingMemory()).net(visible);
            reading.handedOut = result.logs();
            return result.changes();
        } catch (PendingTransactions.StreamEndedException e) {
            throw broken(node, e);
        } catch (IOException e) {
            throw new CaptureBrokenException(node, "spooled changes cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public NodeParts parts(Node node, Lsn barrier) throws CaptureBrokenException {
        try {
            return reading(node).pending.parts(barrier);
        } catch (PendingTransactions.StreamEndedException e) {
            throw broken(node, e);
        }
    }

    @Override
    public void committed(Node node, PgSnapshot snapshot, Lsn barrier) throws CaptureBrokenException {
        Reading reading = reading(node);
        reading.takeBack();
        try {
            reading.pending.ingest(new Ingested(snapshot, barrier, snapshot.xmax()));
        } catch (PendingTransactions.StreamEndedException e) {
            throw broken(node, e);
        }
        reading.reader.confirmNow();
    }

    @Override
    public boolean awaitChanges(Duration limit) throws InterruptedException {
        if (limit.isZero()) {
            // Only asks: a wake-up is left for the call that waits.
            return hasChanges();
        }
        long nanos = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (!woken && nanos > 0 && !hasChanges()) {
                nanos = news.awaitNanos(nanos);
            }
            woken = false;
            return hasChanges();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Set<Node> broken() {
        return started.stream().filter(n -> status(n).map(s -> s.failure().isPresent()).orElse(true)).collect(Collectors.toSet());
    }

    @Override
    public void wake() {
        lock.lock();
        try {
            woken = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onRequest(Consumer<byte[]> listener) {
        requests = Optional.of(listener);
    }

    @Override
    public void onStandstill(Supplier<Optional<String>> reason) {
        whyNotWait = reason;
    }

    /** How the node's stream is doing; empty when it is not read. Safe to call from any thread. */
    public Optional<StreamStatus> status(Node node) {
        return Optional.ofNullable(readings.get(node)).map(r -> r.pending.status(r.slot, r.reader.confirmed()));
    }

    @Override
    public void close() {
        for (Node node : List.copyOf(readings.keySet())) {
            stop(node);
        }
        store.close();
    }

    private Reading reading(Node node) throws CaptureBrokenException {
        Reading reading = readings.get(node);
        if (reading == null) {
            throw new CaptureBrokenException(node, "is not being read");
        }
        return reading;
    }

    private boolean hasChanges() {
        return readings.values().stream().anyMatch(r -> r.pending.hasCommitted());
    }

    private static CaptureBrokenException broken(Node node, PendingTransactions.StreamEndedException e) {
        return new CaptureBrokenException(node, "the stream has ended: " + e.getMessage(), e);
    }

    /** What the streams' threads tell. */
    private final class Events implements StreamEvents {
        @Override
        public void changed() {
            lock.lock();
            try {
                news.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void broken() {
            wake();
        }

        @Override
        public void requested(byte[] content) {
            try {
                requests.ifPresent(r -> r.accept(content));
            } catch (RuntimeException e) {
                LOG.error("a request failed", e);
            }
        }
    }
}
