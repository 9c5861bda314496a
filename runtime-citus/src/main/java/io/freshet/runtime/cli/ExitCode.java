package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCategory;

/** What the process ends with. The help text lists them; they never change their meaning. */
final class ExitCode {
    static final int DONE = 0;
    /** A check came out badly: a stream table differs from its query, the doctor found an error. */
    static final int CHECK_FAILED = 1;
    /** The command line itself is wrong. */
    static final int USAGE = 2;

    private ExitCode() {
    }

    static int of(ErrorCategory category) {
        return switch (category) {
            case USER -> 3;
            case UNSUPPORTED -> 4;
            case ENVIRONMENT -> 5;
            case INTERNAL -> 6;
        };
    }
}
