package io.freshet.runtime.capture;

import io.freshet.runtime.capture.pgoutput.WireTuple;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sequence of weighted rows, in memory and beyond the budget on disk. Each row is an entry: the number of its layout, its weight, its
 * length, and the run of COPY BINARY fields. One thread appends; after {@link #finish} another one may read.
 */
final class ChangeLog {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int HEADER = 3 * Integer.BYTES;
    private static final int FIRST_CHUNK = 512;
    private static final int LAST_CHUNK = 1 << 18;
    private static final byte[] NO_BYTES = {};

    private final ChangeStore store;
    private final List<Chunk> chunks = new ArrayList<>(1);
    private int spilled;
    private byte[] current = NO_BYTES;
    private int end;
    private long memory;
    private long rows;

    ChangeLog(ChangeStore store) {
        this.store = store;
    }

    /** Entries that lie together. */
    private sealed interface Chunk {
        record InMemory(byte[] bytes, int length) implements Chunk {
        }

        record OnDisk(Spool.Extent extent) implements Chunk {
        }
    }

    /** Takes the entries. */
    @FunctionalInterface
    interface Visitor {
        void row(int layout, int weight, byte[] tuple, int offset, int length) throws IOException;

        /** Before the rows of {@code bytes}, which were read from disk and are garbage when no row of them is kept. */
        default void loaded(byte[] bytes) throws IOException {
        }
    }

    void add(int layout, int weight, WireTuple row) throws IOException {
        int length = row.copyLength();
        reserve(HEADER + length);
        row.copyTo(current, end + HEADER);
        entry(layout, weight, length);
    }

    void add(int layout, int weight, byte[] tuple, int offset, int length) throws IOException {
        reserve(HEADER + length);
        System.arraycopy(tuple, offset, current, end + HEADER, length);
        entry(layout, weight, length);
    }

    /** The old row with weight -1 and the new one with +1; nothing when they are the same. */
    void replace(int layout, WireTuple oldRow, WireTuple newRow) throws IOException {
        int oldLength = oldRow.copyLength();
        int most = newRow.copyLength() + (newRow.hasUnchanged() ? oldLength : 0);
        reserve(Math.addExact(HEADER + oldLength, HEADER + most));
        int oldStart = end + HEADER;
        int newStart = oldRow.copyTo(current, oldStart) + HEADER;
        int newLength = newRow.copyTo(current, newStart, current, oldStart) - newStart;
        if (Arrays.equals(current, oldStart, oldStart + oldLength, current, newStart, newStart + newLength)) {
            return;
        }
        entry(layout, -1, oldLength);
        entry(layout, 1, newLength);
    }

    /** Nothing is appended after this. */
    void finish() throws IOException {
        if (end > 0) {
            if (end < current.length) {
                charge(end - current.length);
                current = Arrays.copyOf(current, end);
            }
            chunks.add(new Chunk.InMemory(current, end));
        } else {
            charge(-current.length);
        }
        current = NO_BYTES;
        end = 0;
        spillIfNeeded();
    }

    boolean isEmpty() {
        return rows == 0;
    }

    long rows() {
        return rows;
    }

    void forEach(Visitor visitor) throws IOException {
        for (Chunk chunk : chunks) {
            switch (chunk) {
                case Chunk.InMemory c -> visit(c.bytes(), c.length(), visitor);
                case Chunk.OnDisk c -> {
                    byte[] bytes = c.extent().read();
                    visitor.loaded(bytes);
                    visit(bytes, bytes.length, visitor);
                }
            }
        }
    }

    /** Gives memory and disk back. */
    void release() {
        for (Chunk chunk : chunks) {
            if (chunk instanceof Chunk.OnDisk c) {
                c.extent().release();
            }
        }
        chunks.clear();
        current = NO_BYTES;
        end = 0;
        rows = 0;
        charge(-memory);
    }

    private static void visit(byte[] bytes, int length, Visitor visitor) throws IOException {
        int at = 0;
        while (at < length) {
            int tupleLength = (int) INT.get(bytes, at + 2 * Integer.BYTES);
            visitor.row((int) INT.get(bytes, at), (int) INT.get(bytes, at + Integer.BYTES), bytes, at + HEADER, tupleLength);
            at += HEADER + tupleLength;
        }
    }

    private void entry(int layout, int weight, int length) {
        INT.set(current, end, layout);
        INT.set(current, end + Integer.BYTES, weight);
        INT.set(current, end + 2 * Integer.BYTES, length);
        end += HEADER + length;
        rows++;
    }

    private void reserve(int bytes) throws IOException {
        if (bytes <= current.length - end) {
            return;
        }
        int size = Math.max(bytes, Math.clamp(2L * current.length, FIRST_CHUNK, LAST_CHUNK));
        if (end > 0) {
            chunks.add(new Chunk.InMemory(current, end));
            spillIfNeeded();
        } else {
            charge(-current.length);
        }
        current = new byte[size];
        end = 0;
        charge(size);
    }

    private void spillIfNeeded() throws IOException {
        if (!store.mustSpill(memory)) {
            return;
        }
        for (; spilled < chunks.size(); spilled++) {
            if (chunks.get(spilled) instanceof Chunk.InMemory c) {
                chunks.set(spilled, new Chunk.OnDisk(store.spool().write(c.bytes(), c.length())));
                charge(-c.bytes().length);
            }
        }
    }

    private void charge(long bytes) {
        memory += bytes;
        store.charge(bytes);
    }
}
