package io.freshet.runtime.sqlapi;

import io.freshet.errors.FreshetException;
import java.util.Map;
import java.util.Optional;

/** What the daemon says to a request. */
sealed interface Answer {

    /**
     * @param result what the SQL function picks its return value from
     * @param notice a line for the user
     */
    record Granted(Map<String, Object> result, Optional<String> notice) implements Answer {
        static Granted done() {
            return new Granted(Map.of(), Optional.empty());
        }
    }

    /** @param detail the place in the user's SQL, when there is one */
    record Refused(FreshetException error, Optional<String> detail) implements Answer {
        static Refused of(FreshetException error) {
            return new Refused(error, Optional.empty());
        }
    }
}
