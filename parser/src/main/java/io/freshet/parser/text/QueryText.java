package io.freshet.parser.text;

import io.freshet.errors.SourcePosition;

/**
 * A query inside a statement.
 *
 * @param sql without the semicolon
 * @param offset where it begins in the statement, in UTF-16 code units
 */
public record QueryText(String sql, int offset) {

    /** The place in {@code statement}, which holds this query, of a place in the query. */
    public SourcePosition in(String statement, SourcePosition place) {
        return SourcePosition.of(statement, offset + place.offset());
    }
}
