package io.freshet.it.docs;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.errors.ErrorCategory;
import io.freshet.errors.ErrorCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code docs/errors.md} is the enumeration of errors, written for people. */
class ErrorReferenceTest {

    @Test
    void theErrorReferenceListsEveryCode() throws IOException {
        StringBuilder page = new StringBuilder(
                """
                # Errors

                Every error has a code that never changes its meaning, a message, where there is one a position in the SQL, and a hint with the
                statement that cures it. SQL functions raise them as PostgreSQL errors whose message begins with the code.
                """);
        for (ErrorCategory category : ErrorCategory.values()) {
            page.append("\n## ").append(title(category)).append("\n\n| Code | Name | Raised when |\n|---|---|---|\n");
            for (ErrorCode code : ErrorCode.values()) {
                if (code.category() == category) {
                    page.append("| ").append(code.code()).append(" | ").append(code.name()).append(" | ").append(code.meaning())
                            .append(" |\n");
                }
            }
        }
        Golden.check("docs/errors.md", page.toString());
    }

    @Test
    void noTwoErrorsShareACode() {
        Map<String, List<ErrorCode>> byCode = Arrays.stream(ErrorCode.values()).collect(groupingBy(ErrorCode::code));
        assertThat(byCode.values()).allSatisfy(codes -> assertThat(codes).hasSize(1));
    }

    private static String title(ErrorCategory category) {
        return switch (category) {
            case USER -> "The statement is wrong";
            case UNSUPPORTED -> "Freshet cannot do this";
            case ENVIRONMENT -> "A server, its settings or its state are in the way";
            case INTERNAL -> "A defect of Freshet";
        };
    }
}
