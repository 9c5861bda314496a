package io.freshet.runtime.sqlapi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a SQL function asks for. A name is one or two identifiers, unquoted, as the caller wrote them. */
sealed interface Request {

    List<String> name();

    /** @param settings of the caller's session */
    record Create(List<String> name, String query, String schedule, String refreshMode, Lying lying,
            Filling filling, WhenTaken whenTaken, Map<String, String> settings) implements Request {
    }

    /**
     * Where a new stream table is to lie.
     *
     * @param colocateWith schema and name of a table
     */
    record Lying(Optional<String> distributionColumn, Optional<List<String>> colocateWith, Optional<String> placement) {
    }

    record Drop(List<String> name, Dependents dependents) implements Request {
    }

    record Refresh(List<String> name) implements Request {
    }

    record Verify(List<String> name) implements Request {
    }

    record Explain(List<String> name, String format) implements Request {
    }

    /** Whether a new stream table is filled before the call returns. */
    enum Filling {
        AT_ONCE,
        LATER
    }

    /** What happens when the name is that of a stream table. */
    enum WhenTaken {
        REFUSE,
        KEEP
    }

    /** What happens to stream tables that read a dropped one. */
    enum Dependents {
        REFUSE,
        DROP
    }
}
