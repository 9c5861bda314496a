package io.freshet.it.input;

import io.freshet.it.cluster.Database.SqlFailure;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The error that a SQL function raised.
 *
 * @param code the stable one, with which the message begins
 * @param place the text of the user's SQL from the caret on, to the end of its line
 */
record Refusal(String code, String message, String hint, Optional<String> place) {

    static Refusal of(SqlFailure failure) {
        ServerErrorMessage error = ((PSQLException) failure.getCause()).getServerErrorMessage();
        String message = String.valueOf(error.getMessage());
        int colon = message.indexOf(':');
        return new Refusal(colon < 0 ? "" : message.substring(0, colon), message, Optional.ofNullable(error.getHint()).orElse(""),
                Optional.ofNullable(error.getDetail()).flatMap(Refusal::underCaret));
    }

    private static Optional<String> underCaret(String excerpt) {
        String[] lines = excerpt.split("\n");
        int caret = lines[lines.length - 1].indexOf('^');
        return lines.length == 2 && caret >= 0 && caret <= lines[0].length()
                ? Optional.of(lines[0].substring(caret))
                : Optional.empty();
    }
}
