package io.freshet.runtime.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What a look at a slot brings: some numbers and the messages.
 *
 * @param server tells a server from itself after a restart
 * @param end of the WAL when the look began
 * @param total how many messages the slot sent
 * @param last the number of the last one that is here, or was known; they are counted from 1, from the first one that the slot sent
 * @param resumed the piece in which reading goes on, or with which it begins
 * @param open the piece which the last message here belongs to
 * @param frames the messages, each after its position (8 bytes) and its length (4 bytes)
 */
record SlotAnswer(String server, Lsn end, long total, long last, Optional<Piece> resumed, Optional<Piece> open,
        ByteBuffer frames) {
    private static final int WORDS = 8;

    /**
     * What is sent together.
     *
     * @param messages how many, without announcements
     * @param end of the record that ends it
     */
    record Piece(long messages, Lsn end) {
    }

    /** Parses the numbers, separated by spaces, and the messages in base64; those can be missing. */
    static SlotAnswer parse(byte[] text) throws IOException {
        if (text.length == 0) {
            throw new IOException("the slot is gone");
        }
        String[] words = new String[WORDS];
        int at = 0;
        for (int i = 0; i < WORDS; i++) {
            int start = at;
            while (at < text.length && text[at] != ' ') {
                at++;
            }
            words[i] = new String(text, start, at - start, StandardCharsets.US_ASCII);
            at++;
        }
        ByteBuffer frames = at < text.length
                ? Base64.getMimeDecoder().decode(ByteBuffer.wrap(text, at, text.length - at))
                : ByteBuffer.allocate(0);
        return new SlotAnswer(words[0], Lsn.parse(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]),
                piece(words[4], words[5]), piece(words[6], words[7]), frames);
    }

    private static Optional<Piece> piece(String messages, String end) {
        long count = Long.parseLong(messages);
        return count == 0 ? Optional.empty() : Optional.of(new Piece(count, Lsn.parse(end)));
    }
}
