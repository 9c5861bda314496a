package io.freshet.ivm;

import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The table that holds a source's changes until every consumer has taken them: its columns are {@link #EPOCH}, {@link #WEIGHT} and then
 * the source's, in their order, with their types; stored generated columns have the same expression. It is co-located with its source.
 *
 * <p>A change row's weight is its signed multiplicity: -1 for a row that went, +1 for one that came; never 0.
 */
public final class ChangeTable {
    /** The schema of all change tables. */
    public static final String SCHEMA = "pgtrickle_changes";

    /** bigint NOT NULL: the epoch that wrote the row. */
    public static final String EPOCH = "__pgt_epoch";

    /** integer NOT NULL, not 0. */
    public static final String WEIGHT = "__pgt_weight";

    private static final int READABLE_PREFIX = 48;

    private ChangeTable() {
    }

    /** The change table's name: the source's, so that people recognise it, and a checksum of the full name, so that it is unique. */
    public static TableName nameFor(TableName source) {
        CRC32C checksum = new CRC32C();
        checksum.update((source.schema() + '\0' + source.name()).getBytes(StandardCharsets.UTF_8));
        String prefix = source.name();
        while (prefix.getBytes(StandardCharsets.UTF_8).length > READABLE_PREFIX) {
            prefix = prefix.substring(0, prefix.length() - 1);
        }
        return new TableName(SCHEMA, prefix + '_' + String.format("%08x", checksum.getValue()));
    }

    /** Creates the change table and, for a distributed source, distributes it beside the source. */
    public static List<String> createStatements(Table source) {
        throw new UnsupportedOperationException(source.name().toString());
    }
}
