package io.freshet.it.input;

import io.freshet.errors.ErrorCode;
import io.freshet.planner.print.Quoting;

/**
 * A call that is refused.
 *
 * @param call what follows {@code SELECT pgtrickle.}
 * @param says a part of the message
 * @param cure a part of the hint; empty where no statement can cure it
 * @param place how the user's SQL goes on at the caret; empty where the mistake has no place
 */
record BadInput(String name, String call, ErrorCode code, String says, String cure, String place) {

    /** A stream table {@code st} of this query. */
    static BadInput query(String query, ErrorCode code) {
        return new BadInput(query.strip().replaceAll("\\s+", " "), "create_stream_table('st', " + Quoting.literal(query) + ")",
                code, "", "", "");
    }

    /** A stream table {@code st} with options, as {@code schedule => 'x'}. */
    static BadInput query(String query, String options, ErrorCode code) {
        return new BadInput(query + ", " + options, "create_stream_table('st', " + Quoting.literal(query) + ", " + options + ")",
                code,
                "", "", "");
    }

    static BadInput call(String call, ErrorCode code) {
        return new BadInput(call, call, code, "", "", "");
    }

    BadInput says(String part) {
        return new BadInput(name, call, code, part, cure, place);
    }

    BadInput curedBy(String statement) {
        return new BadInput(name, call, code, says, statement, place);
    }

    BadInput at(String text) {
        return new BadInput(name, call, code, says, cure, text);
    }

    @Override
    public String toString() {
        return code + " " + (name.length() > 80 ? name.substring(0, 80) + ".." : name);
    }
}
