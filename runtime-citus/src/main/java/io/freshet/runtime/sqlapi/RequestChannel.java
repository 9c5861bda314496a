package io.freshet.runtime.sqlapi;

import io.freshet.errors.FreshetException;
import io.freshet.runtime.service.StreamTableService;
import io.freshet.runtime.store.Jdbc;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's end of the SQL functions: takes requests off the coordinator's stream, has the service carry them out and writes the
 * answers. From {@link #announce} until it is closed, and only then, the functions find a daemon. Safe for concurrent use.
 */
public final class RequestChannel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RequestChannel.class);
    /** How often the session is looked after when there are no requests. */
    private static final int PULSE_SECONDS = 1;

    private final Mailbox mailbox;
    private final DaemonSession session;
    private final RequestLog requests;
    private final Signature signature;
    private final RequestHandler handler;
    /** A request can wait for minutes, for older transactions to end: no number of threads would be enough. */
    private final ExecutorService workers = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("freshet-request-", 1).factory());
    private final ScheduledExecutorService pulse = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("freshet-presence").daemon().factory());
    private final AtomicBoolean forgeryReported = new AtomicBoolean();
    private final AtomicBoolean sessionLost = new AtomicBoolean();

    private RequestChannel(Mailbox mailbox, StreamTableService service) {
        this.mailbox = mailbox;
        this.session = mailbox.session();
        this.requests = new RequestLog(session);
        this.signature = requests.signature();
        this.handler = new RequestHandler(service, new StreamTableDirectory(session));
    }

    /**
     * Answers, with an error, what an earlier daemon left unanswered. Closing the channel, and failing to open it, close the mailbox.
     *
     * @throws FreshetException NODE_UNREACHABLE
     */
    public static RequestChannel open(Mailbox mailbox, StreamTableService service) {
        try {
            RequestChannel channel = new RequestChannel(mailbox, service);
            channel.requests.cancelUnanswered();
            channel.requests.forget();
            channel.pulse.scheduleWithFixedDelay(channel::lookAfterSession, PULSE_SECONDS, PULSE_SECONDS, TimeUnit.SECONDS);
            channel.pulse.scheduleWithFixedDelay(channel::forget, 1, 1, TimeUnit.HOURS);
            return channel;
        } catch (RuntimeException e) {
            mailbox.close();
            throw e;
        }
    }

    /**
     * Lets the functions find this daemon. Call it when the coordinator's stream is read and its requests come to {@link #receive}: one that was
     * sent before that would have to be sent again.
     */
    public void announce() {
        session.announce();
    }

    /** Takes a message of prefix {@code freshet.request}; returns at once. For {@code Capture.onRequest}. */
    public void receive(byte[] message) {
        try {
            workers.execute(() -> serve(message));
        } catch (RejectedExecutionException e) {
            LOG.debug("a request came while the daemon was closing; its function sees the daemon go");
        }
    }

    private void serve(byte[] message) {
        Optional<byte[]> body = signature.open(message);
        if (body.isEmpty()) {
            if (!forgeryReported.getAndSet(true)) {
                LOG.warn("a message of prefix freshet.request has no valid signature and is ignored, as any further one will be");
            }
            return;
        }
        try {
            Envelope envelope = RequestReader.envelope(body.get());
            if (!envelope.incarnation().equals(session.incarnation()) || !requests.receive(envelope)) {
                LOG.debug("request {} is an old one that the stream shows again", envelope.request());
                return;
            }
            long start = System.nanoTime();
            Answer answer = handler.handle(envelope);
            requests.answer(envelope, answer);
            report(envelope, answer, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        } catch (IOException | RuntimeException e) {
            LOG.error("a request could not be answered: {}", e.getMessage(), e);
        }
    }

    private static void report(Envelope envelope, Answer answer, long millis) {
        String name = String.valueOf(envelope.arguments().path("name"));
        switch (answer) {
            case Answer.Granted granted ->
                LOG.info("request {} {} of role \"{}\" done in {} ms", envelope.kind(), name, envelope.role(),
                        millis);
            case Answer.Refused refused -> LOG.info("request {} {} of role \"{}\" refused: {}: {}", envelope.kind(), name,
                    envelope.role(), refused.error().code().code(), refused.error().getMessage());
        }
    }

    private void lookAfterSession() {
        try {
            session.call(connection -> Jdbc.first(connection, "SELECT 1", row -> row.getInt(1)));
            if (sessionLost.getAndSet(false)) {
                LOG.info("the daemon's session is back: SQL functions find the daemon again");
            }
        } catch (RuntimeException e) {
            if (!sessionLost.getAndSet(true)) {
                LOG.warn("SQL functions find no daemon until its session is back: {}", e.getMessage());
            }
        }
    }

    private void forget() {
        try {
            requests.forget();
        } catch (RuntimeException e) {
            LOG.warn("old requests stay in pgtrickle.pgt_requests for another hour: {}", e.getMessage());
        }
    }

    /** Lets the requests that are being carried out end, for a moment. Other daemons are still kept out, until the mailbox is closed. */
    public void stop() {
        pulse.shutdownNow();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** Stops, and closes the mailbox: functions that still wait see the daemon go. */
    @Override
    public void close() {
        stop();
        mailbox.close();
    }
}
