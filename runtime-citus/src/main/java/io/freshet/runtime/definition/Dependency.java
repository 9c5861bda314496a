package io.freshet.runtime.definition;

import java.util.List;
import java.util.Optional;

/**
 * One thing that the meaning of a query hangs on, and its state at one moment.
 *
 * @param object its oid
 * @param columnNumber of a column its attribute number, else 0
 * @param lookedIn the schemas in which the query's text looks for it; empty where the text does not name it
 * @param state what it was like
 */
public record Dependency(Kind kind, long object, int columnNumber, Optional<List<String>> lookedIn, State state) {

    /** What it is. */
    public enum Kind {
        /** A table of any kind that holds rows. */
        TABLE,
        /** A column that the query, or a view that it reads, names. */
        COLUMN,
        /** All columns of a table, named by the table's name alone. */
        ROW,
        VIEW,
        FUNCTION,
        /** An enum, whose labels are what its values mean as texts. */
        TYPE;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        static Kind of(String word) {
            return valueOf(word.toUpperCase(java.util.Locale.ROOT));
        }
    }

    /**
     * What a thing was like. Texts are only compared, but for {@code identity}.
     *
     * @param identity its name
     * @param definition what makes its meaning: of a column the type, of a table also whether its changes can be captured
     * @param guarantees what a program may rely on: keys, NOT NULL, an enum's labels
     * @param published a table's entry in the publication
     * @param touched changes whenever the definition is written anew, be it with the same content
     * @param storedIn changes whenever the rows are stored elsewhere
     * @param namesakes what the schemas of {@code lookedIn} hold under its name
     */
    public record State(String identity, String definition, List<String> guarantees, Optional<String> published, String touched,
            String storedIn, Optional<String> namesakes) {
        public State {
            guarantees = List.copyOf(guarantees);
        }
    }

    /** Whether both are the same thing, whatever its state. */
    boolean isSame(Dependency other) {
        return kind == other.kind && object == other.object && columnNumber == other.columnNumber;
    }
}
