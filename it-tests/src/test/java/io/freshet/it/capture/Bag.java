package io.freshet.it.capture;

import io.freshet.runtime.capture.ChangeRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.postgresql.PGConnection;

/** A bag of rows in PostgreSQL's binary form, as weights by their bytes. */
final class Bag {
    private static final int COPY_HEADER = 19;

    private final Map<String, Long> weights = new TreeMap<>();

    void add(ChangeRows rows) {
        try {
            rows.forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void add(Bag other) {
        other.weights.forEach(this::add);
    }

    void addQuery(Connection connection, String query) throws SQLException, IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        connection.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)", out);
        ByteBuffer copy = ByteBuffer.wrap(out.toByteArray(), COPY_HEADER, out.size() - COPY_HEADER);
        for (int columns = copy.getShort(); columns >= 0; columns = copy.getShort()) {
            int start = copy.position();
            for (int i = 0; i < columns; i++) {
                int length = copy.getInt();
                copy.position(copy.position() + Math.max(0, length));
            }
            add(1, copy.array(), start, copy.position() - start);
        }
    }

    private void add(int weight, byte[] bytes, int offset, int length) {
        add(HexFormat.of().formatHex(bytes, offset, offset + length), weight);
    }

    private void add(String row, long weight) {
        long sum = weights.getOrDefault(row, 0L) + weight;
        if (sum == 0) {
            weights.remove(row);
        } else {
            weights.put(row, sum);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bag b && b.weights.equals(weights);
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
