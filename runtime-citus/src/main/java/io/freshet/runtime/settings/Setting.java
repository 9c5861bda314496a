package io.freshet.runtime.settings;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.time.Duration;
import java.util.List;

/**
 * A setting of the daemon. This is the one place where it is declared.
 *
 * @param <T> the value's type
 */
public final class Setting<T> {
    /** What all names begin with. PostgreSQL lets any role set a name with a dot that no extension has reserved. */
    static final String PREFIX = "pg_trickle.";

    public static final Setting<Duration> MIN_EPOCH_INTERVAL = time("min_epoch_interval", Duration.ofMillis(10), Duration.ZERO,
            Duration.ofHours(1)).documented(
                    """
                    The least time from the begin of one epoch to the begin of the next. A longer one nets more changes per epoch and loads the
                    cluster less; stream tables with the schedule 'calculated' are older by as much.""");

    public static final Setting<Duration> BARRIER_TIMEOUT = time("barrier_timeout", Duration.ofSeconds(30), Duration.ofSeconds(1),
            Duration.ofHours(1)).documented(
                    """
                    How long an epoch waits for a node's stream to show its barrier before it is rolled back and tried again.""");

    public static final Setting<Duration> CREATE_TIMEOUT = time("create_timeout", Duration.ofMinutes(5), Duration.ofSeconds(1),
            Duration.ofDays(1))
            .documented(
                    """
                    How long the creation of a stream table waits for transactions that are older than its publication, or than a slot that it needs.""");

    public static final Setting<Duration> LOCK_TIMEOUT = time("lock_timeout", Duration.ofSeconds(10), Duration.ofMillis(100),
            Duration.ofHours(1)).documented(
                    """
                    How long a statement of the daemon waits for a lock that somebody else holds before it gives up and is tried again.""");

    public static final Setting<DataSize> CAPTURE_MEMORY = memory("capture_memory", DataSize.ofMegabytes(256),
            DataSize.ofMegabytes(16), DataSize.ofMegabytes(1 << 20)).documented(
                    """
                    How much memory changes that no epoch has taken may use, over all nodes; more goes to temporary files.""");

    public static final Setting<CaptureMode> CAPTURE = new Undocumented<>("capture", new SettingType.Choice<>(CaptureMode.class),
            CaptureMode.AUTO).documented(
                    """
                    How the workers' changes are captured: over a replication connection to each (streaming), or through the coordinator only
                    (polling), which is slower and costs the workers more. auto streams when this host reaches each worker at the daemon's start.""");

    public static final Setting<Duration> POLL_INTERVAL = time("poll_interval", Duration.ofMillis(200), Duration.ofMillis(10),
            Duration.ofMinutes(10)).documented(
                    """
                    How often a worker is looked at when its changes are captured by polling and no epoch waits for it: how long a change can go
                    unnoticed. Looks that take long are rarer by themselves.""");

    public static final Setting<Integer> KEPT_EPOCHS = number("kept_epochs", 1000, 10, 1_000_000)
            .documented("""
                        How many epochs pgtrickle.pgt_epochs remembers.""");

    public static final Setting<Integer> WORKER_RETRY_TICKS = number("citus_worker_retry_ticks", 5, 1, 1_000_000).documented(
            """
            After how many looks in a row, about one per second, that find a node not read the log warns of it, and check_cdc_health() calls it
            an ERROR instead of a WARN. An epoch that waits for a worker which has not answered for as long is given up.""");

    public static final Setting<DataSize> HELD_CHANGES_LIMIT = memory("held_changes_limit", DataSize.ofMegabytes(256),
            DataSize.ofMegabytes(1), DataSize.ofMegabytes(1 << 20)).documented(
                    """
                    While a node is out of use, the other nodes' changes of sources that it also has a part of are kept on the coordinator. When they are
                    more than this, the stream tables of the source that had the last one are refreshed in full when the node is back.""");

    public static final Setting<DataSize> SLOT_LAG_WARNING = memory("slot_lag_warning", DataSize.ofMegabytes(100),
            DataSize.ofMegabytes(1), DataSize.ofMegabytes(1 << 30)).documented(
                    """
                    How far a node's slot may be behind before check_cdc_health() warns.""");

    public static final Setting<DataSize> SLOT_LAG_ERROR = memory("slot_lag_error", DataSize.ofMegabytes(1024),
            DataSize.ofMegabytes(1), DataSize.ofMegabytes(1 << 30)).documented(
                    """
                    How far a node's slot may be behind before check_cdc_health() calls it an ERROR.""");

    private static final List<Setting<?>> ALL = List.of(MIN_EPOCH_INTERVAL, BARRIER_TIMEOUT, CREATE_TIMEOUT, LOCK_TIMEOUT,
            CAPTURE_MEMORY, CAPTURE, POLL_INTERVAL, KEPT_EPOCHS, WORKER_RETRY_TICKS, HELD_CHANGES_LIMIT, SLOT_LAG_WARNING,
            SLOT_LAG_ERROR);

    private final String name;
    private final SettingType<T> type;
    private final T defaultValue;
    private final String documentation;

    private Setting(String name, SettingType<T> type, T defaultValue, String documentation) {
        this.name = name;
        this.type = type;
        this.defaultValue = defaultValue;
        this.documentation = documentation.replace('\n', ' ');
    }

    /** Every setting, in the order of the documentation. */
    public static List<Setting<?>> all() {
        return ALL;
    }

    /** The full name, as {@code ALTER DATABASE .. SET} takes it. */
    public String name() {
        return PREFIX + name;
    }

    public T defaultValue() {
        return defaultValue;
    }

    /** Type and limits, for people. */
    public String type() {
        return type.describe();
    }

    /** The default, as a user would write it. */
    public String defaultText() {
        return type.print(defaultValue);
    }

    /** What it does and when to change it. */
    public String documentation() {
        return documentation;
    }

    /** @throws FreshetException INVALID_OPTION when the text is not a value that this setting can have */
    T parse(String text) {
        return type.parse(text).orElseThrow(() -> FreshetException
                .of(ErrorCode.INVALID_OPTION, name() + " cannot be '" + text + "'")
                .withHint("It is a " + type() + "; the default is " + defaultText() + "."));
    }

    private static Undocumented<Duration> time(String name, Duration defaultValue, Duration least, Duration most) {
        return new Undocumented<>(name, new SettingType.Time(least, most), defaultValue);
    }

    private static Undocumented<DataSize> memory(String name, DataSize defaultValue, DataSize least, DataSize most) {
        return new Undocumented<>(name, new SettingType.Memory(least, most), defaultValue);
    }

    private static Undocumented<Integer> number(String name, int defaultValue, int least, int most) {
        return new Undocumented<>(name, new SettingType.WholeNumber(least, most), defaultValue);
    }

    private record Undocumented<T>(String name, SettingType<T> type, T defaultValue) {
        Setting<T> documented(String documentation) {
            return new Setting<>(name, type, defaultValue, documentation);
        }
    }
}
