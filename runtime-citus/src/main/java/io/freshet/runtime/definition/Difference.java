package io.freshet.runtime.definition;

import io.freshet.planner.print.Quoting;
import java.util.Optional;

/**
 * How something that a stream table hangs on differs from what it was.
 *
 * @param table of a column its table's name then
 * @param then its name then
 * @param now its name now; when it is gone, what has its name now, if anything: then the stream table may come back
 * @param definitions of a column what type it was and is of
 */
public record Difference(long streamTable, Dependency.Kind kind, long object, Sort sort, String table, String then,
        Optional<String> now,
        String definitions) {

    /** What has happened, the gravest first. */
    public enum Sort {
        GONE,
        RENAMED,
        REDEFINED,
        /** It is captured as it should be, but transactions that had begun before that have to end first. */
        WAITING,
        /** A table's changes were not, or are not, captured as they should. */
        UNPUBLISHED,
        /** Values were written anew, without a change in the stream. */
        REWRITTEN,
        /** A partitioned table has got partitions, none of which has been rewritten or truncated. Only on Citus are they told apart. */
        EXTENDED,
        /** A key, NOT NULL or a label is gone. */
        WEAKENED,
        /** The query's text may find something else now. */
        SHADOWED,
        /** Nothing that matters. */
        TOUCHED;

        static Sort of(String word) {
            return valueOf(word);
        }
    }

    /** Whether what was compiled, and what was filled, is right all the same. */
    public boolean isHarmless() {
        return sort == Sort.TOUCHED;
    }

    /** One clause for people. */
    public String describe() {
        String what = switch (kind) {
            case TABLE -> "table " + then;
            case VIEW -> "view " + then;
            case FUNCTION -> "function " + then;
            case COLUMN -> "column " + Quoting.identifier(then) + " of " + table;
            case TYPE -> "type " + then;
            case ROW -> "the list of columns of " + table;
        };
        return switch (sort) {
            case GONE -> what + " was dropped";
            case RENAMED -> what + " has been renamed to " + now.orElseThrow();
            case REDEFINED -> switch (kind) {
                case COLUMN -> what + " was altered: it " + definitions;
                case TABLE, ROW, TYPE -> what + " was altered";
                case VIEW, FUNCTION -> what + " was replaced by another definition";
            };
            case WAITING -> what + " may have been written to by transactions that are older than its capture";
            case UNPUBLISHED -> what + " was taken out of Freshet's publication, so that changes of it are lost";
            case REWRITTEN -> kind == Dependency.Kind.COLUMN
                    ? "the values of " + what + " were rewritten"
                    : what + " or a partition of it was replaced, rewritten or truncated by itself";
            case EXTENDED -> what + " has got partitions";
            case WEAKENED -> what + switch (kind) {
                case COLUMN -> " is no longer NOT NULL";
                case TYPE -> " has another label for one of its values";
                case TABLE, ROW, VIEW, FUNCTION -> " has lost a key";
            };
            case SHADOWED -> "something else has the name of " + what + " in the query's search path now";
            case TOUCHED -> what + " was touched";
        };
    }

    /** The statement that makes it as it was, where there is one. */
    public Optional<String> cure() {
        return switch (sort) {
            case RENAMED -> kind == Dependency.Kind.COLUMN
                    ? Optional.of("ALTER TABLE " + table + " RENAME COLUMN " + Quoting.identifier(now.orElseThrow()) + " TO "
                            + Quoting.identifier(then) + ';')
                    : Optional.empty();
            default -> Optional.empty();
        };
    }
}
