package io.freshet.runtime.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** A bag of tuples as weights by the tuple's bytes in hexadecimal. */
final class Tuples {
    private final Map<String, Long> weights = new TreeMap<>();

    void add(long weight, byte[] bytes, int offset, int length) {
        weights.merge(HexFormat.of().formatHex(bytes, offset, offset + length), weight, Long::sum);
        weights.values().removeIf(w -> w == 0);
    }

    void add(ChangeRows rows) throws IOException {
        rows.forEach(this::add);
    }

    /** The rows of a COPY BINARY stream. */
    static Tuples ofCopy(byte[] copy) {
        Tuples tuples = new Tuples();
        int at = 19;
        ByteBuffer buffer = ByteBuffer.wrap(copy);
        while (true) {
            int columns = buffer.getShort(at);
            at += Short.BYTES;
            if (columns < 0) {
                return tuples;
            }
            int start = at;
            for (int i = 0; i < columns; i++) {
                at += Integer.BYTES + Math.max(0, buffer.getInt(at));
            }
            tuples.add(1, copy, start, at - start);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tuples t && t.weights.equals(weights);
    }

    @Override
    public int hashCode() {
        return weights.hashCode();
    }

    @Override
    public String toString() {
        return weights.toString();
    }
}
