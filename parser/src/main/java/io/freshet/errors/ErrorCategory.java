package io.freshet.errors;

/** Who can cure an error. */
public enum ErrorCategory {
    /** The statement is wrong: the user changes it. */
    USER,
    /** The statement is right but Freshet cannot do this (yet). */
    UNSUPPORTED,
    /** The server, its settings or its state are in the way: an operator changes them. */
    ENVIRONMENT,
    /** A defect of Freshet. */
    INTERNAL
}
