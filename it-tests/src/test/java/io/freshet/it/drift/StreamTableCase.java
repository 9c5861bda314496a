package io.freshet.it.drift;

import io.freshet.ivm.RefreshMode;
import java.util.Optional;

/**
 * A stream table of the drift test.
 *
 * @param mode what AUTO must become: a rule that silently falls back to FULL fails the test
 */
record StreamTableCase(String name, String query, RefreshMode mode, Optional<String> distributionColumn) {

    static StreamTableCase differential(String name, String query) {
        return new StreamTableCase(name, query, RefreshMode.DIFFERENTIAL, Optional.empty());
    }

    static StreamTableCase full(String name, String query) {
        return new StreamTableCase(name, query, RefreshMode.FULL, Optional.empty());
    }

    /** The same stream table again, distributed by one of its columns. */
    StreamTableCase distributedBy(String column) {
        return new StreamTableCase(name + "_by_" + column, query, mode, Optional.of(column));
    }

    @Override
    public String toString() {
        return name;
    }
}
