package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.sqlapi.SqlExcerpt;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Tells the user what went wrong, and the caller by the exit code. Only a defect has a stack trace. */
final class Failure {
    private Failure() {
    }

    static int report(Exception exception, CommandLine command) throws Exception {
        if (exception instanceof CommandLine.ParameterException usage) {
            return command.getParameterExceptionHandler().handleParseException(usage, new String[0]);
        }
        FreshetException error = switch (exception) {
            case FreshetException known -> known;
            case QueryException inQuery -> inQuery.error();
            case SQLException sql -> ServerErrors.translate(sql);
            default -> FreshetException.of(ErrorCode.INTERNAL, String.valueOf(exception.getMessage())).causedBy(exception);
        };
        if (error.code() == ErrorCode.INTERNAL && !(exception instanceof SQLException)) {
            LoggerFactory.getLogger(Failure.class).error("defect", exception);
        }
        Optional<String> query = exception instanceof QueryException inQuery ? Optional.of(inQuery.query()) : Optional.empty();
        command.getErr().println(OutputOptions.isJson(command) ? json(error) : text(error, query));
        return ExitCode.of(error.code().category());
    }

    /** As psql shows an error: the message, the place, the hint. */
    private static String text(FreshetException error, Optional<String> query) {
        String excerpt = query.flatMap(sql -> error.position().map(place -> '\n' + SqlExcerpt.of(sql, place))).orElse("");
        String description = error.describe();
        String hint = error.hint().map(h -> "\nHINT: " + h).orElse("");
        return description.substring(0, description.length() - hint.length()) + excerpt + hint;
    }

    private static String json(FreshetException error) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("code", error.code().code());
        json.put("category", error.code().category().name());
        json.put("message", error.getMessage());
        error.hint().ifPresent(hint -> json.put("hint", hint));
        error.position().ifPresent(p -> {
            Map<String, Object> position = new LinkedHashMap<>();
            position.put("line", p.line());
            position.put("column", p.column());
            json.put("position", position);
        });
        return OutputOptions.json(Map.of("error", json));
    }
}
