package io.freshet.planner.functions;

import io.freshet.planner.types.Oids;
import java.util.List;
import java.util.Optional;

/**
 * A row of PostgreSQL's {@code pg_proc}, aggregates with their {@code pg_aggregate}.
 *
 * @param arguments the input arguments: IN, INOUT, VARIADIC
 * @param defaults how many of the last arguments have a default
 * @param outputs the columns of the result when there are OUT arguments or RETURNS TABLE, else empty
 */
public record FunctionInfo(int oid, String schema, String name, Kind kind, Volatility volatility, List<Argument> arguments,
        int defaults,
        int returnType, Nature nature, List<Argument> outputs) {

    /** What a call computes. */
    public enum Kind {
        FUNCTION,
        AGGREGATE,
        ORDERED_SET_AGGREGATE,
        HYPOTHETICAL_SET_AGGREGATE,
        WINDOW
    }

    /**
     * How a call behaves.
     *
     * @param strict NULL for a NULL argument, without being called
     * @param returnsSet any number of rows
     * @param variadic the element type's oid of the last argument when any number of them can be given, {@link Oids#ANY} for
     *            {@code VARIADIC "any"}, else 0
     * @param directArguments of an ordered-set aggregate: how many stand outside WITHIN GROUP
     */
    public record Nature(boolean strict, boolean returnsSet, int variadic, int directArguments) {
    }

    /** An argument or output column; the name is empty when it has none. */
    public record Argument(String name, int type) {
    }

    public FunctionInfo {
        arguments = List.copyOf(arguments);
        outputs = List.copyOf(outputs);
    }

    public boolean isAggregate() {
        return kind == Kind.AGGREGATE || isOrderedSet();
    }

    /** Whether WITHIN GROUP is part of the call. */
    public boolean isOrderedSet() {
        return kind == Kind.ORDERED_SET_AGGREGATE || kind == Kind.HYPOTHETICAL_SET_AGGREGATE;
    }

    public boolean isBuiltIn() {
        return schema.equals(ServerObjects.SYSTEM_SCHEMA);
    }

    List<Integer> argumentTypes() {
        return arguments.stream().map(Argument::type).toList();
    }

    Optional<Integer> variadicElement() {
        return nature.variadic() == 0 ? Optional.empty() : Optional.of(nature.variadic());
    }
}
