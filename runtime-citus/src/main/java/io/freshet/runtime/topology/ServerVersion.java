package io.freshet.runtime.topology;

import java.util.Map;

/**
 * The version of a PostgreSQL server.
 *
 * @param number {@code server_version_num}: 160009 is 16.9
 * @param text for people
 */
public record ServerVersion(int number, String text) {
    private static final int OLDEST = 160000;
    private static final int PER_MAJOR = 10000;
    /** The minors of May 2025, by major. */
    private static final Map<Integer, Integer> TELL_OPEN_TRANSACTIONS = Map.of(16, 9, 17, 5);

    public static final String OLDEST_CURE = "Use PostgreSQL 16 or newer.";
    public static final String MINOR_CURE = "Update the server: PostgreSQL 16.9, 17.5 and all of 18 do not lose them.";

    public boolean isSupported() {
        return number >= OLDEST;
    }

    /**
     * Whether a transaction that is open when a table is published leaves the walsender with the old answer, so that further changes of the table are not
     * sent: until the minors of May 2025 (their release notes name it), a transaction in progress was not told of such a change of the catalog. On Citus the
     * streams begin anew behind such transactions, see the package {@code follow}.
     */
    public boolean losesChangesOfNewSources() {
        return number % PER_MAJOR < TELL_OPEN_TRANSACTIONS.getOrDefault(number / PER_MAJOR, 0);
    }
}
