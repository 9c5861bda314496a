package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Tells the user what went wrong, and the caller by the exit code. Only a defect has a stack trace. */
final class Failure {
    private Failure() {
    }

    static int report(Exception exception, CommandLine command) {
        FreshetException error = switch (exception) {
            case FreshetException known -> known;
            case SQLException sql -> ServerErrors.translate(sql);
            default -> FreshetException.of(ErrorCode.INTERNAL, String.valueOf(exception.getMessage())).causedBy(exception);
        };
        if (error.code() == ErrorCode.INTERNAL && !(exception instanceof SQLException)) {
            LoggerFactory.getLogger(Failure.class).error("defect", exception);
        }
        print(error, command);
        return ExitCode.of(error.code().category());
    }

    private static void print(FreshetException error, CommandLine command) {
        PrintWriter err = command.getErr();
        if (!OutputOptions.isJson(command)) {
            err.println(error.describe());
            return;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("code", error.code().code());
        json.put("category", error.code().category().name());
        json.put("message", error.getMessage());
        error.hint().ifPresent(hint -> json.put("hint", hint));
        error.position().ifPresent(p -> json.put("position", Map.of("line", p.line(), "column", p.column())));
        err.println(OutputOptions.json(Map.of("error", json)));
    }
}
