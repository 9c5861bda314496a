package io.freshet.runtime.capture;

import java.io.IOException;
import java.sql.SQLException;
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
    void forEach(RowVisitor visitor) throws IOException;

    /** The same, for one that writes the rows to a server. */
    default void writeTo(RowWriter writer) throws IOException, SQLException {
        try {
            forEach((weight, tuple, offset, length) -> {
                try {
                    writer.row(weight, tuple, offset, length);
                } catch (SQLException e) {
                    throw new CarriedException(e);
                }
            });
        } catch (CarriedException e) {
            throw e.carried();
        }
    }

    /** Takes one row. The tuple's bytes are a run of COPY BINARY fields: per field an int4 length (-1 for NULL) and the bytes. */
    @FunctionalInterface
    interface RowVisitor {
        void row(int weight, byte[] tuple, int offset, int length) throws IOException;
    }

    /** Takes one row, as {@link RowVisitor} does. */
    @FunctionalInterface
    interface RowWriter {
        void row(int weight, byte[] tuple, int offset, int length) throws SQLException;
    }

    /** Brings the driver's exception through {@link #forEach}. */
    final class CarriedException extends IOException {
        private static final long serialVersionUID = 1L;

        private CarriedException(SQLException cause) {
            super(cause);
        }

        private SQLException carried() {
            return (SQLException) getCause();
        }
    }
}
