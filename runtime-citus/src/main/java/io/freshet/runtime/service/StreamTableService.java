package io.freshet.runtime.service;

import io.freshet.errors.FreshetException;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.schedule.Schedule;
import io.freshet.runtime.store.QuerySettings;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What users can ask of a running daemon. Every method returns when the thing is done and throws {@link FreshetException} when it cannot
 * be; then nothing is left behind. Safe for concurrent use: requests are taken one after the other, between epochs.
 *
 * <p>{@code role} is the database role whose rights decide.
 */
public interface StreamTableService {

    /**
     * @param initialize whether the table is filled before the call returns
     * @param settings of the caller's session
     */
    record CreateRequest(StreamTableDefinition definition, Schedule schedule, boolean initialize, String role,
            QuerySettings settings) {
    }

    /** Creates and fills a stream table. Returns a line for the user when the mode is FULL although AUTO was asked for, and why. */
    Optional<String> create(CreateRequest request);

    /** Removes a stream table and everything that belongs to it alone. */
    void drop(TableName name, String role);

    /** Brings a stream table to the cut of an epoch that begins now; returns the epoch. */
    long refresh(TableName name, String role);

    /** Compares a stream table with its query at one cut. */
    Verification verify(TableName name, String role);

    /** The storage, the strategies and the programs of a stream table, as EXPLAIN shows them; {@code json} or {@code text}. */
    String explain(TableName name, String format);

    List<StreamTableStatus> status();

    /** @param differingRows 0 when the stream table equals its query */
    record Verification(TableName name, long epoch, long differingRows) {
        public boolean isEqual() {
            return differingRows == 0;
        }
    }

    /**
     * @param mode DIFFERENTIAL or FULL
     * @param state INITIALIZING, ACTIVE, FAILING (it is retried), WAITING (for a node that is out of use) or PAUSED
     * @param epoch the epoch it is at
     * @param lastRefresh when that epoch was committed
     * @param lastError one line, empty when all is well
     */
    record StreamTableStatus(TableName name, String mode, String schedule, String state, long epoch,
            Optional<Instant> lastRefresh,
            Optional<String> fullRefreshReason, Optional<String> lastError) {
        public StreamTableStatus inState(String other) {
            return new StreamTableStatus(name, mode, schedule, other, epoch, lastRefresh, fullRefreshReason, lastError);
        }
    }
}
