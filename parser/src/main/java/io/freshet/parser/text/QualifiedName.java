package io.freshet.parser.text;

import io.freshet.errors.SourcePosition;
import java.util.List;

/**
 * A name as a statement gives it.
 *
 * @param parts folded and unquoted; the last one is the object's own name, before it the schema if there is one
 */
public record QualifiedName(List<String> parts, SourcePosition position) {
    public QualifiedName {
        parts = List.copyOf(parts);
    }

    public String last() {
        return parts.getLast();
    }
}
