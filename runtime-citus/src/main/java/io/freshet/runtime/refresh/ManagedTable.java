package io.freshet.runtime.refresh;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.RefreshMode;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.schedule.Schedule;
import io.freshet.runtime.service.StreamTableService.StreamTableStatus;
import io.freshet.runtime.store.StoredStreamTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A stream table as the daemon keeps it. Immutable: what an epoch does to it becomes true, in the registry, when the epoch has committed.
 *
 * @param epoch the epoch it is at
 * @param populated whether it has been filled
 * @param failures how many refreshes in a row have failed
 * @param lastAttempt when a refresh was last begun
 * @param lastDuration how long the last successful one took
 */
public record ManagedTable(StoredStreamTable stored, CompiledStreamTable compiled, Schedule schedule, long epoch,
        boolean populated,
        int failures, Instant lastAttempt, Duration lastDuration, Optional<String> lastError) {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** A FULL refresh takes at most this share of the time: it pauses for so many times its own duration. */
    private static final int PAUSE_PER_FULL_REFRESH = 4;

    public static ManagedTable of(StoredStreamTable stored, CompiledStreamTable compiled) {
        return new ManagedTable(stored, compiled, Schedule.parse(stored.schedule()), stored.epoch(), stored.populated(), 0,
                stored.lastRefresh().orElse(Instant.EPOCH), Duration.ZERO, stored.lastError());
    }

    public TableName name() {
        return stored.name();
    }

    List<TableName> sourceNames() {
        return compiled.sources().stream().map(Table::name).toList();
    }

    boolean isDifferential() {
        return compiled.mode() == RefreshMode.DIFFERENTIAL;
    }

    /** Whether it has to be filled again although nothing changed: it could not be compiled for a time, and its changes were not kept. */
    boolean needsRebuild() {
        return !populated && stored.status() == StoredStreamTable.Status.FAILING;
    }

    /** Until when the schedule, or the pause after a failure, keeps it from being refreshed although a source has changed. */
    Instant notBefore() {
        if (failures > 0) {
            Duration pause = Duration.ofMillis(100L << Math.min(failures, 16));
            return lastAttempt.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
        }
        return switch (schedule) {
            case Schedule.Every every -> lastAttempt.plus(every.interval());
            case Schedule.Calculated calculated when isDifferential() -> Instant.MIN;
            case Schedule.Calculated calculated -> lastAttempt.plus(lastDuration.multipliedBy(PAUSE_PER_FULL_REFRESH));
        };
    }

    /** What users are shown. */
    public StreamTableStatus status() {
        String state = stored.status() == StoredStreamTable.Status.PAUSED
                ? "PAUSED"
                : failures > 0 ? "FAILING" : populated ? "ACTIVE" : stored.status().name();
        Optional<String> reason = compiled.fullRefreshReasons().stream().findFirst().map(FullRefreshReason::message);
        return new StreamTableStatus(name(), compiled.mode().name(), stored.schedule(), state, epoch,
                populated ? Optional.of(lastAttempt) : Optional.empty(), reason, lastError);
    }

    ManagedTable refreshedTo(long newEpoch, Instant began, Duration took) {
        return new ManagedTable(stored, compiled, schedule, newEpoch, true, 0, began, took, Optional.empty());
    }

    ManagedTable failed(Instant began, String error) {
        return new ManagedTable(stored, compiled, schedule, epoch, populated, failures + 1, began, lastDuration,
                Optional.of(error));
    }
}
