package io.freshet.planner.print;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;

/** The error for a plan that has no text: no stage before should have made it. */
final class Unprintable {
    private Unprintable() {
    }

    static FreshetException because(String what) {
        return FreshetException.of(ErrorCode.INTERNAL, "cannot print " + what + " as SQL");
    }
}
