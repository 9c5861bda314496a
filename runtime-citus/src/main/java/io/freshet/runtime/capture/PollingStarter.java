package io.freshet.runtime.capture;

import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;
import java.time.Duration;

/** Starts to poll slots. */
final class PollingStarter implements NodeReader.Starter {
    /** A node that does not answer in this time is not decoding either, as far as an epoch waits for it. */
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);

    private final NodeSessions sessions;
    private final String publication;
    private final Duration interval;
    private final AnswerSizes sizes;

    /** @param sizes how much one look may bring */
    PollingStarter(NodeSessions sessions, String publication, Duration interval, AnswerSizes sizes) {
        this.sessions = sessions;
        this.publication = publication;
        this.interval = interval;
        this.sizes = sizes;
    }

    @Override
    public NodeReader.Started start(Node node, String slot, Lsn begin) throws CaptureBrokenException {
        try {
            NodeSession session = sessions.open(node);
            try {
                Lsn confirmed = Slots.require(session, node, slot).confirmed();
                NodeSession.Row now = session.one("SELECT pg_catalog.pg_current_wal_insert_lsn()::text,"
                        + " pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text");
                NodePolling.Source source = new NodePolling.Source(node, session,
                        new SlotPeek(slot, publication, confirmed.isBefore(begin) ? begin : confirmed, sizes),
                        interval, () -> isActive(node, slot));
                return new NodeReader.Started(Lsn.parse(now.text(1)), now.number(2),
                        (assembler, pending, events) -> new NodePolling(source, assembler, pending, events));
            } catch (SQLException | RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new CaptureBrokenException(node, "polling cannot be started: " + e.getMessage(), e);
        }
    }

    /** Asked in a session of its own: the polling one waits for the slot itself. */
    private boolean isActive(Node node, String slot) {
        try (NodeSession session = sessions.open(node)) {
            session.limit(PROBE_LIMIT);
            return Slots.state(session, slot).map(Slots.State::active).orElse(false);
        } catch (SQLException e) {
            return false;
        }
    }
}
