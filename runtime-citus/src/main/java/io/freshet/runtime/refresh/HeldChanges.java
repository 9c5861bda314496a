package io.freshet.runtime.refresh;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.ChangeCopy;
import io.freshet.runtime.capture.ChangeRows;
import io.freshet.runtime.settings.DataSize;
import io.freshet.runtime.store.Jdbc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Changes of sources that cannot be applied, because a node with another part of the source is out of use: applied alone they would be a part of a
 * cut. They are kept on the coordinator, so that the slots of the nodes that work go on, and come into the change table when all nodes are there.
 * Weights make the order irrelevant. In the epoch's transaction.
 */
final class HeldChanges {
    /** Of one row of the table; a larger tuple has one of its own. */
    private static final int CHUNK = 1 << 20;
    /** How much is written by one COPY. */
    private static final long BATCH = 8L << 20;
    private static final int HEADER = 2 * Integer.BYTES;

    private final Connection connection;
    private final long epoch;

    HeldChanges(Connection connection, long epoch) {
        this.connection = connection;
        this.epoch = epoch;
    }

    /** The sources of which something is held. */
    Set<TableName> sources() throws SQLException {
        return new HashSet<>(Jdbc.list(connection, "SELECT DISTINCT source_schema, source_table FROM pgtrickle.pgt_held_changes",
                row -> new TableName(row.getString(1), row.getString(2))));
    }

    /** Whether no more than {@code limit} is held in all. */
    boolean isWithin(DataSize limit) throws SQLException {
        return Jdbc.first(connection, "SELECT coalesce(sum(size), 0)::bigint FROM pgtrickle.pgt_held_changes",
                row -> row.getLong(1)).orElseThrow() <= limit.bytes();
    }

    void hold(TableName source, List<ChangeRows> sets) throws SQLException, IOException {
        for (ChangeRows rows : sets) {
            Chunk chunk = new Chunk(source, rows);
            rows.writeTo(chunk::add);
            chunk.save();
        }
    }

    void forget(TableName source) throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_held_changes WHERE source_schema = ? AND source_table = ?",
                source.schema(), source.name());
    }

    /**
     * Writes what is held of the source into its change table, as changes of this epoch.
     *
     * @return how many rows
     * @throws FreshetException SOURCE_CHANGED; a part may have been written
     */
    long release(TableName source) throws SQLException, IOException {
        record Stored(long id, long size) {
        }
        List<Stored> chunks = Jdbc.list(connection, """
                                                    SELECT held_id, size FROM pgtrickle.pgt_held_changes
                                                    WHERE source_schema = ? AND source_table = ? ORDER BY held_id
                                                    """, row -> new Stored(row.getLong(1), row.getLong(2)), source.schema(),
                source.name());
        long written = 0;
        long size = 0;
        List<ChangeRows> batch = new ArrayList<>();
        for (Stored chunk : chunks) {
            batch.add(load(chunk.id()));
            size += chunk.size();
            if (size >= BATCH) {
                written += ChangeCopy.write(connection, source, epoch, batch);
                batch.clear();
                size = 0;
            }
        }
        if (!batch.isEmpty()) {
            written += ChangeCopy.write(connection, source, epoch, batch);
        }
        return written;
    }

    private HeldRows load(long id) throws SQLException {
        return Jdbc.first(connection, "SELECT columns, types, row_count, rows FROM pgtrickle.pgt_held_changes WHERE held_id = ?",
                row -> new HeldRows(List.of((String[]) row.getArray(1).getArray()),
                        Arrays.stream((Long[]) row.getArray(2).getArray()).map(Long::intValue).toList(), row.getLong(3),
                        row.getBytes(4)),
                id).orElseThrow();
    }

    /** Rows on their way into the table. Each is its weight, the length of its tuple, and the tuple. */
    private final class Chunk {
        private final TableName source;
        private final ChangeRows origin;
        private byte[] bytes = new byte[CHUNK];
        private int used;
        private long rows;

        private Chunk(TableName source, ChangeRows origin) {
            this.source = source;
            this.origin = origin;
        }

        private void add(int weight, byte[] tuple, int offset, int length) throws SQLException {
            int needed = HEADER + length;
            if (needed > bytes.length - used) {
                save();
                if (needed > bytes.length) {
                    bytes = new byte[needed];
                }
            }
            ByteBuffer.wrap(bytes, used, needed).putInt(weight).putInt(length).put(tuple, offset, length);
            used += needed;
            rows++;
        }

        private void save() throws SQLException {
            if (rows == 0) {
                return;
            }
            Jdbc.update(connection,
                    """
                    INSERT INTO pgtrickle.pgt_held_changes (source_schema, source_table, epoch, columns, types, row_count, size, rows)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    source.schema(), source.name(), epoch, connection.createArrayOf("text", origin.columns().toArray()),
                    connection.createArrayOf("bigint", origin.types().stream().map(Integer::toUnsignedLong).toArray()), rows,
                    used, Arrays.copyOf(bytes, used));
            used = 0;
            rows = 0;
        }
    }

    private record HeldRows(List<String> columns, List<Integer> types, long size, byte[] bytes) implements ChangeRows {
        @Override
        public void forEach(RowVisitor visitor) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                int weight = buffer.getInt();
                int length = buffer.getInt();
                visitor.row(weight, bytes, buffer.position(), length);
                buffer.position(buffer.position() + length);
            }
        }
    }
}
