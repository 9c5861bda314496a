package io.freshet.runtime.epoch;

/**
 * Places where a crash is worth testing. The system property {@code freshet.failpoint} names one, as {@code after-copy} or, for its n-th
 * passing, {@code after-copy:7}: there the process ends at once, as by SIGKILL.
 */
public enum Failpoint {
    /** The changes are in the change tables, nothing is committed. */
    AFTER_COPY("after-copy"),
    /** The programs have run, COMMIT is not sent. */
    BEFORE_COMMIT("before-commit"),
    /** COMMIT has been sent from another thread; its answer has not been read. */
    DURING_COMMIT("during-commit"),
    /** The epoch is durable, the slots are not confirmed. */
    AFTER_COMMIT("after-commit");

    private static final String PROPERTY = "freshet.failpoint";
    private static int passings;

    private final String text;

    Failpoint(String text) {
        this.text = text;
    }

    /** Whether the process is to end here, at this passing. */
    boolean isSet() {
        String wanted = System.getProperty(PROPERTY, "");
        if (!wanted.equals(text) && !wanted.startsWith(text + ":")) {
            return false;
        }
        int colon = wanted.indexOf(':');
        passings++;
        return colon < 0 || passings >= Integer.parseInt(wanted.substring(colon + 1));
    }

    /** Ends the process when it is set. */
    public void pass() {
        if (isSet()) {
            halt();
        }
    }

    /** Nothing is flushed, no hook runs: the nearest thing to SIGKILL. */
    static void halt() {
        Runtime.getRuntime().halt(137);
    }
}
