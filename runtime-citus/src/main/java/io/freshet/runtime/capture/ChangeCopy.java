package io.freshet.runtime.capture;

import io.freshet.errors.FreshetException;
import io.freshet.ivm.ChangeTable;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes change rows into change tables with COPY BINARY. The fields of a tuple are the bytes that the stream brought; only epoch and weight are put
 * before them.
 */
public final class ChangeCopy {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Signature, no flags, no header extension. */
    private static final byte[] HEADER = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final short TRAILER = -1;

    /** Classes of SQLSTATE. */
    private static final String INVALID_VALUE = "22";
    private static final String VIOLATED_CONSTRAINT = "23";

    private static final int ROW_PREFIX = Short.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES + Integer.BYTES;
    private static final int OWN_COLUMNS = 2;
    private static final int BUFFER = 1 << 16;

    private final CopyIn copy;
    private final byte[] buffer = new byte[BUFFER];
    private final short fields;
    private final long epoch;
    private int used;

    private ChangeCopy(CopyIn copy, int columns, long epoch) {
        this.copy = copy;
        this.fields = (short) (OWN_COLUMNS + columns);
        this.epoch = epoch;
    }

    /**
     * Writes the rows in the connection's transaction. Columns that the source got after the change table had been made are left out: nobody
     * reads them.
     *
     * @param sets what each node has of the source; those with the same columns share one COPY
     * @return how many rows were written
     * @throws FreshetException SOURCE_CHANGED: the source has lost a column of the change table, or one has another type or values that its type
     *     does not have any more; nothing was written
     *     and the transaction goes on
     * @throws IOException the rows cannot be read; the transaction has to be rolled back
     */
    public static long write(Connection connection, TableName source, long epoch, List<ChangeRows> sets)
            throws SQLException, IOException {
        Map<List<String>, List<Fitted>> byNames = new LinkedHashMap<>();
        for (ChangeRows rows : sets) {
            ChangeColumns columns = ChangeColumns.of(connection, source, rows);
            byNames.computeIfAbsent(columns.names(), names -> new ArrayList<>()).add(new Fitted(rows, columns.mapping()));
        }
        if (sets.stream().flatMap(rows -> rows.types().stream()).allMatch(ChangeColumns::isBuiltIn)) {
            return write(connection, source, epoch, byNames);
        }
        Savepoint before = connection.setSavepoint();
        try {
            long written = write(connection, source, epoch, byNames);
            connection.releaseSavepoint(before);
            return written;
        } catch (SQLException e) {
            if (!isRefusedValue(e)) {
                throw e;
            }
            connection.rollback(before);
            throw ChangeColumns.changed(source, e.getMessage());
        }
    }

    /** A user's type may have been altered since the value was written: a label of an enum is renamed, a domain has got a constraint. */
    private static boolean isRefusedValue(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith(INVALID_VALUE) || state.startsWith(VIOLATED_CONSTRAINT);
    }

    private static long write(Connection connection, TableName source, long epoch, Map<List<String>, List<Fitted>> byNames)
            throws SQLException, IOException {
        long written = 0;
        for (Map.Entry<List<String>, List<Fitted>> same : byNames.entrySet()) {
            String statement = statement(source, same.getKey());
            CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement);
            written += new ChangeCopy(copy, same.getKey().size(), epoch).write(same.getValue());
        }
        return written;
    }

    /** Rows, and what takes the change table's fields out of each if it does not have all of them. */
    private record Fitted(ChangeRows rows, Optional<LayoutMapping> mapping) {
    }

    private long write(List<Fitted> sets) throws SQLException, IOException {
        try {
            put(HEADER, 0, HEADER.length);
            for (Fitted set : sets) {
                if (set.mapping().isEmpty()) {
                    set.rows().writeTo(this::row);
                } else {
                    LayoutMapping mapping = set.mapping().get();
                    set.rows().writeTo((weight, tuple, offset, length) -> {
                        byte[] mapped = mapping.map(tuple, offset);
                        row(weight, mapped, 0, mapped.length);
                    });
                }
            }
            reserve(Short.BYTES);
            SHORT.set(buffer, used, TRAILER);
            used += Short.BYTES;
            flush();
            return copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static String statement(TableName source, List<String> columns) {
        String names = Stream.concat(Stream.of(ChangeTable.EPOCH, ChangeTable.WEIGHT), columns.stream())
                .map(Quoting::identifier).collect(Collectors.joining(", "));
        return "COPY " + Quoting.table(ChangeTable.nameFor(source)) + " (" + names + ") FROM STDIN (FORMAT binary)";
    }

    private void row(int weight, byte[] tuple, int offset, int length) throws SQLException {
        reserve(ROW_PREFIX);
        byte[] to = buffer;
        int at = used;
        SHORT.set(to, at, fields);
        INT.set(to, at + 2, Long.BYTES);
        LONG.set(to, at + 6, epoch);
        INT.set(to, at + 14, Integer.BYTES);
        INT.set(to, at + 18, weight);
        used = at + ROW_PREFIX;
        put(tuple, offset, length);
    }

    private void put(byte[] bytes, int offset, int length) throws SQLException {
        reserve(length);
        if (length > buffer.length) {
            send(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, buffer, used, length);
            used += length;
        }
    }

    private void reserve(int bytes) throws SQLException {
        if (bytes > buffer.length - used) {
            flush();
        }
    }

    private void flush() throws SQLException {
        send(buffer, 0, used);
        used = 0;
    }

    private void send(byte[] bytes, int offset, int length) throws SQLException {
        copy.writeToCopy(bytes, offset, length);
    }
}
