package io.freshet.runtime.capture;

import io.freshet.runtime.topology.NodeSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Reads on in a slot by peeking at it. The laws of the server's side:
 *
 * <ul>
 * <li>A peek sends what a stream would that starts at the confirmed position: from there on everything again, each time, in the same order. It
 *     decodes record by record up to the position that it is given, and the limit of messages is looked at between two records only. A record
 *     that ends a transaction sends all of it. So a peek never ends within a piece:
 * <li>A piece is what is sent together: a transaction, prepared or not, from its first message to its last; the end of a prepared one; a
 *     non-transactional message. Pieces come in the order of the records that end them, and the server names the end of that record with the last
 *     message of a piece (for a non-transactional message a position within or after its record). That position is the piece's name.
 * <li>One exception: a transaction that was prepared before the slot was made comes whole, with its old position, just before its COMMIT
 *     PREPARED. Its position lies below the one at which reading began, by which it is known: it does not count as an end.
 * <li>A piece can be another one at the next peek: a prepared transaction that is rolled back while it is decoded is cut short; Citus shows no change
 *     of a shard that it does not find any more; and a relation is announced when the session needs it, or has forgotten it because somebody
 *     has altered something. So announcements do not count, and what counts of a piece is the same at two peeks if its name and the number of
 *     its messages are. (The first two exceptions only take messages away. A relation's announcement says the same wherever it stands before a change.)
 * <li>After a crash of the server the slot can have fallen back. So it is advanced before each peek to where it was known to be, and after a
 *     restart reading starts anew.
 * </ul>
 *
 * And so the laws of reading:
 *
 * <ul>
 * <li>A peek goes up to the end of the flushed WAL, asked for just before. When fewer messages came than the limit, everything below that has come.
 * <li>An answer is one text: what one command by way of the coordinator can return. It is bounded, and holds whole pieces, unless the first one alone is
 *     too long: then a part of it. A long backlog takes several answers, each of which decodes from the beginning.
 * <li>What was read before are all pieces up to the name of the one read last, and of the next one as many messages as came. If that one is
 *     another than before, its part is void, and it is read from its first message. Meanwhile the slot is not advanced.
 * </ul>
 */
final class SlotPeek {
    /** Of a small message, with its frame: an answer's size tells how many a peek asks for beyond those that are known. */
    private static final int MESSAGE_BYTES = 80;
    /**
     * Decoding begins at the last position, below the slot's, at which the server has written down which transactions run. By itself it does so
     * every 15 seconds, and each peek would read all WAL since then.
     */
    private static final long BETWEEN_SNAPSHOTS = 4 << 20;

    private final SlotPeekSql sql;
    private final AnswerSizes sizes;
    private boolean much;
    private final Lsn begin;
    private Lsn advanced;
    /** The name of the piece that was read last. */
    private Lsn read;
    /** The piece of which a part was read. */
    private Optional<SlotAnswer.Piece> open = Optional.empty();
    /** How many of its messages. */
    private long within;
    private long known;
    private Lsn lastSnapshot;
    private boolean snapshotIsDue;
    private Optional<String> server = Optional.empty();

    /**
     * @param begin where reading begins, not below the slot's position
     */
    SlotPeek(String slot, String publication, Lsn begin, AnswerSizes sizes) {
        this.sql = new SlotPeekSql(slot, publication, begin);
        this.sizes = sizes;
        this.begin = begin;
        this.advanced = begin;
        this.read = begin;
        this.lastSnapshot = begin;
    }

    /** Where reading began. */
    Lsn begin() {
        return begin;
    }

    /** Takes what comes. */
    interface Reader {
        void message(ByteBuffer message) throws IOException;

        /** The messages since the last whole piece are void: it comes again, and differs. */
        void partIsVoid();
    }

    /**
     * What one look found.
     *
     * @param complete up to where everything has been read; empty when there is more to be read at once
     * @param messages how many were new
     * @param confirmed where the slot has been advanced to
     */
    record Look(Optional<Lsn> complete, long messages, Lsn confirmed) {
    }

    /**
     * Advances the slot, if it is not there yet, and reads on.
     *
     * @param confirmable a position up to which the slot may be advanced, not below the one at which reading began
     * @throws IOException what comes does not continue what came before
     */
    Look look(NodeSession session, Lsn confirmable, Reader reader) throws SQLException, IOException {
        int bytes = sizes.borrow(much);
        try {
            return look(session, confirmable, bytes, reader);
        } finally {
            sizes.giveBack(bytes);
        }
    }

    private Look look(NodeSession session, Lsn confirmable, int bytes, Reader reader) throws SQLException, IOException {
        if (open.isEmpty() && advanced.isBefore(confirmable)) {
            advanced = confirmable;
        }
        long limit = Math.min(Integer.MAX_VALUE, known + bytes / MESSAGE_BYTES);
        SlotAnswer answer = SlotAnswer.parse(session.ascii(sql.text(
                new SlotPeekSql.Place(advanced, read, within), new SlotPeekSql.Bounds(limit, bytes), snapshotIsDue)));
        requireSameServer(answer);
        noteSnapshot(answer);
        if (open.isPresent() && !open.equals(answer.resumed())) {
            open = Optional.empty();
            within = 0;
            reader.partIsVoid();
            return new Look(Optional.empty(), 0, advanced);
        }
        long messages = 0;
        for (ByteBuffer frames = answer.frames(); frames.hasRemaining(); messages++) {
            Lsn position = new Lsn(frames.getLong());
            int length = frames.getInt();
            ByteBuffer message = frames.slice(frames.position(), length);
            frames.position(frames.position() + length);
            count(position, message);
            reader.message(message);
        }
        open = within == 0 ? Optional.empty() : answer.open();
        known = answer.last();
        boolean all = answer.last() == answer.total() && answer.total() < limit;
        much = !all;
        return new Look(all ? Optional.of(answer.end()) : Optional.empty(), messages, advanced);
    }

    private void requireSameServer(SlotAnswer answer) throws IOException {
        if (!server.orElse(answer.server()).equals(answer.server())) {
            throw new IOException("the server was restarted");
        }
        server = Optional.of(answer.server());
    }

    private void noteSnapshot(SlotAnswer answer) {
        snapshotIsDue = answer.end().value() - lastSnapshot.value() > BETWEEN_SNAPSHOTS;
        if (snapshotIsDue) {
            lastSnapshot = answer.end();
        }
    }

    /** The same rules as the server applies: {@link SlotPeekSql}. */
    private void count(Lsn position, ByteBuffer message) {
        Optional<Lsn> end = switch (message.get(0)) {
            case 'C', 'P', 'K', 'r' -> Optional.of(position);
            case 'M' -> (message.get(1) & 1) == 0 ? Optional.of(new Lsn(position.value() + 1)) : Optional.empty();
            default -> Optional.empty();
        };
        if (end.isPresent() && read.isBefore(end.get())) {
            read = end.get();
            within = 0;
        } else if (message.get(0) != 'R' && message.get(0) != 'Y') {
            within++;
        }
    }
}
