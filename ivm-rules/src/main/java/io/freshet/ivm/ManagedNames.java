package io.freshet.ivm;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Names of everything that is made beside a user's table: the user's name, so that people recognise it, a checksum of the full name, so
 * that tables of different schemas or with a long common beginning don't meet, and a suffix that says what it is. At most 63 bytes.
 */
public final class ManagedNames {
    /** The schema of state and staging tables. */
    public static final String STATE_SCHEMA = "pgtrickle_state";

    /** The schema of change tables. */
    public static final String CHANGES_SCHEMA = "pgtrickle_changes";

    private static final int READABLE_PREFIX = 45;

    private ManagedNames() {
    }

    /** A source's change table. */
    static TableName changes(TableName source) {
        return new TableName(CHANGES_SCHEMA, stem(source));
    }

    /** A stream table's companion: what is known of its groups. */
    public static TableName state(TableName streamTable) {
        return new TableName(STATE_SCHEMA, stem(streamTable));
    }

    /** A stream table's staging table: the net delta of the program that runs. */
    public static TableName stage(TableName streamTable) {
        return new TableName(STATE_SCHEMA, stem(streamTable) + "_delta");
    }

    /** Where the terms of a delta are gathered whose rows had to move before they met. */
    public static TableName terms(TableName streamTable) {
        return new TableName(STATE_SCHEMA, stem(streamTable) + "_terms");
    }

    /**
     * A table that rows of a delta are sent through on their way to the rows they join.
     *
     * @param number from 1
     */
    public static TableName moved(TableName streamTable, int number) {
        return new TableName(STATE_SCHEMA, movedPrefix(streamTable) + number);
    }

    /** What the names of all {@link #moved} begin with; what follows is their number. */
    public static String movedPrefix(TableName streamTable) {
        return stem(streamTable) + "_moved_";
    }

    /** The mirror of a reference or local table. */
    static TableName mirror(TableName source) {
        return new TableName(STATE_SCHEMA, stem(source) + "_mirror");
    }

    /** An index; it lies in its table's schema. */
    public static String index(TableName table, String purpose) {
        return stem(table) + '_' + purpose;
    }

    private static String stem(TableName table) {
        CRC32C checksum = new CRC32C();
        checksum.update((table.schema() + '\0' + table.name()).getBytes(StandardCharsets.UTF_8));
        return Quoting.clip(table.name(), READABLE_PREFIX) + '_' + String.format("%08x", checksum.getValue());
    }
}
