package io.freshet.ivm;

/** How a stream table follows its sources. */
public enum RefreshMode {
    /** DIFFERENTIAL where every operator has a rule, else FULL with the reasons recorded. Only a definition has it. */
    AUTO,
    /** By delta programs. */
    DIFFERENTIAL,
    /** By evaluating the whole query again. */
    FULL
}
