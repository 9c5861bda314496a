package io.freshet.planner.functions;

/** {@code provolatile}: how a function's result depends on things other than its arguments. From best to worst. */
public enum Volatility {
    /** On nothing else. */
    IMMUTABLE,
    /** On settings, the time of the transaction or the database's content; the same within one statement. */
    STABLE,
    /** On anything; each call can give another result. */
    VOLATILE
}
