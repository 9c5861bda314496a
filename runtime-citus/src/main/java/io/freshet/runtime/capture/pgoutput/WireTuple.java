package io.freshet.runtime.capture.pgoutput;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A row in a message: a view of the message's bytes, which are copied once, by {@link #copyTo}, into a run of COPY BINARY fields: per field
 * an int4 length and the bytes, or -1 for NULL. pgoutput's binary field is the same, after a byte that tells its kind.
 */
public final class WireTuple {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int NULL_LENGTH = -1;

    private final byte[] bytes;
    private final int offset;
    private final int columns;
    private final int end;
    private final int copyLength;
    private final int unchanged;
    private final int textColumn;

    private WireTuple(byte[] bytes, int offset, int columns, Scan scan) {
        this.bytes = bytes;
        this.offset = offset;
        this.columns = columns;
        this.end = scan.at;
        this.copyLength = scan.copyLength;
        this.unchanged = scan.unchanged;
        this.textColumn = scan.textColumn;
    }

    /** Where the fields end, what kinds there are, and how long the run of COPY BINARY fields is. */
    private static final class Scan {
        private int at;
        private int copyLength;
        private int unchanged;
        private int textColumn = -1;

        private Scan(byte[] bytes, int offset, int columns) {
            at = offset;
            for (int column = 0; column < columns; column++) {
                byte kind = bytes[at++];
                copyLength += Integer.BYTES;
                switch (kind) {
                    case 'n' -> {
                    }
                    case 'u' -> unchanged++;
                    case 'b', 't' -> {
                        int length = (int) INT.get(bytes, at);
                        if (length < 0) {
                            throw new IllegalArgumentException("field of length " + length);
                        }
                        at += Integer.BYTES + length;
                        copyLength += length;
                        if (kind == 't' && textColumn < 0) {
                            textColumn = column;
                        }
                    }
                    default -> throw new IllegalArgumentException("field of unknown kind " + kind);
                }
            }
        }
    }

    /** Reads the tuple that starts, with its count of columns, at {@code offset}. */
    static WireTuple at(byte[] bytes, int offset) {
        int columns = Short.toUnsignedInt((short) ((bytes[offset] & 0xFF) << 8 | bytes[offset + 1] & 0xFF));
        int fields = offset + Short.BYTES;
        return new WireTuple(bytes, fields, columns, new Scan(bytes, fields, columns));
    }

    int end() {
        return end;
    }

    public int columns() {
        return columns;
    }

    /** Whether a field is an unchanged TOAST value, which only the row's old version has. */
    public boolean hasUnchanged() {
        return unchanged > 0;
    }

    /** The first column that came as text because its type cannot send binary, or -1. */
    public int textColumn() {
        return textColumn;
    }

    /** The length of what {@link #copyTo} writes, without the values that are taken from the old version. */
    public int copyLength() {
        return copyLength;
    }

    /**
     * Writes the run of COPY BINARY fields.
     *
     * @return the first position after it
     * @throws IllegalStateException a value is not in this tuple
     */
    public int copyTo(byte[] target, int start) {
        return copyTo(target, start, target, NULL_LENGTH);
    }

    /**
     * Writes the run of COPY BINARY fields, unchanged values taken from the run of the row's old version at {@code oldStart}.
     *
     * @return the first position after it
     */
    public int copyTo(byte[] target, int start, byte[] old, int oldStart) {
        int from = offset;
        int to = start;
        int oldField = oldStart;
        for (int column = 0; column < columns; column++) {
            switch (bytes[from++]) {
                case 'n' -> {
                    INT.set(target, to, NULL_LENGTH);
                    to += Integer.BYTES;
                }
                case 'b' -> {
                    int length = Integer.BYTES + (int) INT.get(bytes, from);
                    System.arraycopy(bytes, from, target, to, length);
                    from += length;
                    to += length;
                }
                case 'u' -> {
                    if (oldStart < 0) {
                        throw new IllegalStateException("an unchanged value without the old version of its row");
                    }
                    int length = fieldLength(old, oldField);
                    System.arraycopy(old, oldField, target, to, length);
                    to += length;
                }
                default -> throw new IllegalStateException("a value that is not binary");
            }
            if (unchanged > 0 && oldStart >= 0) {
                oldField += fieldLength(old, oldField);
            }
        }
        return to;
    }

    private static int fieldLength(byte[] run, int at) {
        return Integer.BYTES + Math.max(0, (int) INT.get(run, at));
    }

    /** Binary values in hexadecimal, for messages and tests. */
    @Override
    public String toString() {
        List<String> fields = new ArrayList<>();
        int at = offset;
        for (int column = 0; column < columns; column++) {
            byte kind = bytes[at++];
            int length = kind == 'b' || kind == 't' ? (int) INT.get(bytes, at) : NULL_LENGTH;
            int start = at + Integer.BYTES;
            fields.add(switch (kind) {
                case 'n' -> "null";
                case 'u' -> "unchanged";
                case 't' -> "text " + new String(bytes, start, length, StandardCharsets.UTF_8);
                default -> HexFormat.of().formatHex(bytes, start, start + length);
            });
            at = length < 0 ? at : start + length;
        }
        return fields.toString();
    }
}
