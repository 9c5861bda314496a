package io.freshet.planner.functions;

/**
 * A row of PostgreSQL's {@code pg_cast}.
 *
 * @param function the oid of the function that does it, 0 when none is called
 */
public record CastInfo(int source, int target, int function, Context context, Method method) {

    /** Where the cast is applied without being written. */
    public enum Context {
        IMPLICIT,
        ASSIGNMENT,
        EXPLICIT
    }

    /** How values are converted. */
    public enum Method {
        FUNCTION,
        INPUT_OUTPUT,
        BINARY
    }
}
