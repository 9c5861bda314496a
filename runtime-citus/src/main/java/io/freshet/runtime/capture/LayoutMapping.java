package io.freshet.runtime.capture;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.RelationColumn;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rewrites tuples of an earlier layout of a source into its latest one, by column name. Dropped columns go; added ones are NULL in earlier
 * tuples: whoever reads an added column was populated after it had been added, by then with these rows. A column whose type has changed cannot be
 * mapped: its values were rewritten without a trace in the stream.
 */
final class LayoutMapping {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int ADDED = -1;

    private final int earlierColumns;
    /** Per column of the latest layout its index in the earlier one. */
    private final int[] sources;

    /** A mapping that keeps some columns, by their indexes. */
    static LayoutMapping keeping(int columns, int[] kept) {
        return new LayoutMapping(columns, kept);
    }

    private LayoutMapping(int earlierColumns, int[] sources) {
        this.earlierColumns = earlierColumns;
        this.sources = sources;
    }

    /** Empty when a column has changed its type. */
    static Optional<LayoutMapping> between(SourceLayout earlier, SourceLayout latest) {
        Map<String, Integer> indexes = new HashMap<>();
        List<RelationColumn> columns = earlier.columns();
        for (int i = 0; i < columns.size(); i++) {
            indexes.put(columns.get(i).name(), i);
        }
        int[] sources = new int[latest.columns().size()];
        for (int i = 0; i < sources.length; i++) {
            RelationColumn column = latest.columns().get(i);
            int source = indexes.getOrDefault(column.name(), ADDED);
            if (source != ADDED && !columns.get(source).equals(column)) {
                return Optional.empty();
            }
            sources[i] = source;
        }
        return Optional.of(new LayoutMapping(columns.size(), sources));
    }

    /**
     * Whether a column of the one layout may be a column of the other under another name, as when it was renamed, written, and renamed back: either has a
     * column that the other lacks, or they have their columns in another order. Rows cannot be mapped by name then.
     */
    static boolean mayBeRenamed(SourceLayout earlier, SourceLayout latest) {
        List<String> before = names(earlier);
        List<String> after = names(latest);
        List<String> common = before.stream().filter(after::contains).toList();
        boolean onlyAddedOrDropped = common.size() == before.size() || common.size() == after.size();
        return !onlyAddedOrDropped || !common.equals(after.stream().filter(before::contains).toList());
    }

    private static List<String> names(SourceLayout layout) {
        return layout.columns().stream().map(RelationColumn::name).toList();
    }

    /** What is wrong where there is no mapping. */
    static FreshetException rewritten(TableName table) {
        return FreshetException.of(ErrorCode.UNSUPPORTED_SOURCE,
                "a column of \"" + table + "\" has changed its type, which rewrote all rows without a change in the stream");
    }

    /** The tuple in the latest layout. */
    byte[] map(byte[] tuple, int offset) {
        int[] starts = new int[earlierColumns + 1];
        starts[0] = offset;
        for (int i = 0; i < earlierColumns; i++) {
            starts[i + 1] = starts[i] + Integer.BYTES + Math.max(0, (int) INT.get(tuple, starts[i]));
        }
        int length = 0;
        for (int source : sources) {
            length += source == ADDED ? Integer.BYTES : starts[source + 1] - starts[source];
        }
        byte[] mapped = new byte[length];
        int at = 0;
        for (int source : sources) {
            if (source == ADDED) {
                INT.set(mapped, at, -1);
                at += Integer.BYTES;
            } else {
                int field = starts[source + 1] - starts[source];
                System.arraycopy(tuple, starts[source], mapped, at, field);
                at += field;
            }
        }
        return mapped;
    }
}
