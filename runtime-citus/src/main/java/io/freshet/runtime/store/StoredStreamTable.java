package io.freshet.runtime.store;

import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A row of {@code pgtrickle.pgt_stream_tables}.
 *
 * @param schedule as the user wrote it
 * @param settings what the query's text means
 * @param owner the role that created it
 * @param populated whether it has been filled
 * @param epoch the epoch it is at; 0 before it is filled
 * @param storage the statements that made its tables
 */
public record StoredStreamTable(long id, StreamTableDefinition definition, String schedule, QuerySettings settings, String owner,
        Status status,
        boolean populated, long epoch, Optional<Instant> lastRefresh, Optional<String> lastError, List<String> storage) {
    public StoredStreamTable {
        storage = List.copyOf(storage);
    }

    /** Where a stream table is in its life. */
    public enum Status {
        /** Created; its first fill waits for older transactions. */
        INITIALIZING,
        ACTIVE,
        /** Its last refresh failed; it is tried again. */
        FAILING,
        PAUSED
    }

    public TableName name() {
        return definition.name();
    }

    /**
     * A source, as the catalog remembers it.
     *
     * @param mirrored whether its mirror is read instead
     */
    public record Source(TableName name, long oid, boolean mirrored) {
    }

    /** What is remembered of how a stream table is kept. */
    public record Remade(String mode, Optional<String> fullRefreshReason, List<Source> sources, List<String> storage) {
    }

    /** What a new stream table needs to be remembered. */
    public record New(StreamTableDefinition definition, String mode, Optional<String> fullRefreshReason, String schedule,
            QuerySettings settings,
            String owner, List<Source> sources, List<String> storage) {
    }
}
