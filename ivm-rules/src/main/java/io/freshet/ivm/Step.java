package io.freshet.ivm;

/**
 * One SQL statement of a program. The text may hold the placeholders {@link #EPOCH} and {@link #FROM_EPOCH}, which
 * {@link #bind(long, long)} replaces by numbers.
 *
 * @param comment what the statement does, for the person who reads EXPLAIN at 3 a.m.
 */
public record Step(String comment, String sql, Strategy strategy) {
    /** The number of the epoch that the program moves the stream table to. */
    public static final String EPOCH = ":epoch";

    /** The number of the epoch that the stream table is at: change rows of later epochs are its delta. */
    public static final String FROM_EPOCH = ":from_epoch";

    /** The statement to run. */
    public String bind(long fromEpoch, long epoch) {
        return sql.replace(FROM_EPOCH, Long.toString(fromEpoch)).replace(EPOCH, Long.toString(epoch));
    }
}
