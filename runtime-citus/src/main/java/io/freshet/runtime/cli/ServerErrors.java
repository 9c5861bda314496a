package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Errors that the server raised, among them those of the daemon, as errors of this program. */
final class ServerErrors {
    private static final Pattern CODED = Pattern.compile("(FR\\d{3}): (.*)", Pattern.DOTALL);

    private ServerErrors() {
    }

    static FreshetException translate(SQLException exception) {
        Optional<ServerErrorMessage> server = exception instanceof PSQLException e
                ? Optional.ofNullable(e.getServerErrorMessage())
                : Optional.empty();
        String text = server.map(ServerErrorMessage::getMessage).orElse(exception.getMessage());
        Matcher coded = CODED.matcher(text);
        if (!coded.matches()) {
            return plain(exception, text);
        }
        String detail = server.map(ServerErrorMessage::getDetail).map(d -> '\n' + d).orElse("");
        FreshetException error = FreshetException.of(code(coded.group(1)), coded.group(2) + detail).causedBy(exception);
        return server.map(ServerErrorMessage::getHint).map(error::withHint).orElse(error);
    }

    private static FreshetException plain(SQLException exception, String text) {
        String state = Optional.ofNullable(exception.getSQLState()).orElse("");
        if (text.contains("pgtrickle") && (state.equals("3F000") || state.equals("42P01") || state.equals("42883"))) {
            return FreshetException.of(ErrorCode.NOT_INSTALLED, "the schema pgtrickle is not installed, or in another version")
                    .withHint("Run: ./freshet install --url ..").causedBy(exception);
        }
        ErrorCode code = switch (state.length() == 5 ? state.substring(0, 2) : "") {
            case "08", "28", "3D", "53", "57" -> ErrorCode.NODE_UNREACHABLE;
            case "42" -> state.equals("42501") ? ErrorCode.PERMISSION_DENIED : ErrorCode.INVALID_QUERY;
            case "22", "25" -> ErrorCode.INVALID_QUERY;
            default -> ErrorCode.INTERNAL;
        };
        return FreshetException.of(code, text).causedBy(exception);
    }

    private static ErrorCode code(String text) {
        return Arrays.stream(ErrorCode.values()).filter(c -> c.code().equals(text)).findFirst().orElse(ErrorCode.INTERNAL);
    }
}
