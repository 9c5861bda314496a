package io.freshet.runtime.cli;

import io.freshet.errors.FreshetException;

/** An error in a query or schema script that this program has read itself, so that it can show the place. */
final class QueryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FreshetException error;
    private final String query;

    QueryException(FreshetException error, String query) {
        super(error);
        this.error = error;
        this.query = query;
    }

    FreshetException error() {
        return error;
    }

    String query() {
        return query;
    }
}
