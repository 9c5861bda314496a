package io.freshet.errors;

import java.util.Optional;

/**
 * The one exception for everything a user or an operator can cause. The message is one sentence without the code; {@link #describe()}
 * is what a person is shown.
 */
public final class FreshetException extends RuntimeException {
    private final ErrorCode code;
    private final Optional<String> hint;
    private final Optional<SourcePosition> position;

    private FreshetException(ErrorCode code, String message, Optional<String> hint, Optional<SourcePosition> position,
            Optional<Throwable> cause) {
        super(message, cause.orElse(null));
        this.code = code;
        this.hint = hint;
        this.position = position;
    }

    public static FreshetException of(ErrorCode code, String message) {
        return new FreshetException(code, message, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same error with what cures it: the exact statement where there is one. */
    public FreshetException withHint(String cure) {
        return new FreshetException(code, getMessage(), Optional.of(cure), position, Optional.ofNullable(getCause()));
    }

    /** The same error told otherwise. */
    public FreshetException withMessage(String message) {
        return new FreshetException(code, message, hint, position, Optional.ofNullable(getCause()));
    }

    public FreshetException at(SourcePosition place) {
        return new FreshetException(code, getMessage(), hint, Optional.of(place), Optional.ofNullable(getCause()));
    }

    public FreshetException causedBy(Throwable cause) {
        return new FreshetException(code, getMessage(), hint, position, Optional.of(cause));
    }

    public ErrorCode code() {
        return code;
    }

    /** What cures the error: the exact statement where there is one. */
    public Optional<String> hint() {
        return hint;
    }

    /** Where in the user's SQL; empty when the error has no place there. */
    public Optional<SourcePosition> position() {
        return position;
    }

    /** Code, message, position and hint, for a person: {@code FR104: table "x" does not exist (line 1, column 15)\nHINT: ..}. */
    public String describe() {
        StringBuilder text = new StringBuilder(code.code()).append(": ").append(getMessage());
        position.ifPresent(p -> text.append(" (").append(p).append(')'));
        hint.ifPresent(h -> text.append("\nHINT: ").append(h));
        return text.toString();
    }
}
