package io.freshet.runtime.capture;

import java.util.List;

/**
 * Net change rows of one source: weighted tuples in the bytes of the stream, which are the bytes of COPY BINARY.
 */
public interface ChangeRows {
    /** The columns of each tuple, in its order. */
    List<String> columns();

    /** The oids of the columns' types on the node that sent them. Only those of built-in types mean the same on other nodes. */
    List<Integer> types();

    /** How many rows; never 0. */
    long size();

    /** Visits every row. A row has {@code weight} (never 0) and its fields: {@code null} for SQL NULL, else the binary value. */
    void forEach(RowVisitor visitor) throws java.io.IOException;

    /** Takes one row. The tuple's bytes are a run of COPY BINARY fields: per field an int4 length (-1 for NULL) and the bytes. */
    @FunctionalInterface
    interface RowVisitor {
        void row(int weight, byte[] tuple, int offset, int length) throws java.io.IOException;
    }
}
