package io.freshet.runtime.schedule;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a stream table is due. */
public sealed interface Schedule {

    /** As fresh as possible: due whenever a source has changed. */
    record Calculated() implements Schedule {
        @Override
        public String toString() {
            return "calculated";
        }
    }

    /** Due when its last refresh is this long ago. */
    record Every(Duration interval, String text) implements Schedule {
        @Override
        public String toString() {
            return text;
        }
    }

    Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

    /**
     * Reads {@code calculated} or a duration such as {@code 500ms}, {@code 5s}, {@code 1m}, {@code 1h}.
     *
     * @throws FreshetException INVALID_OPTION
     */
    static Schedule parse(String text) {
        String trimmed = text.strip().toLowerCase(java.util.Locale.ROOT);
        if (trimmed.equals("calculated")) {
            return new Calculated();
        }
        Matcher matcher = DURATION.matcher(trimmed);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "schedule '" + text + "' is neither 'calculated' nor a duration")
                    .withHint("Write schedule => 'calculated', '500ms', '5s', '1m' or '1h'.");
        }
        long n = Long.parseLong(matcher.group(1));
        Duration interval = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(n);
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
        return new Every(interval, trimmed);
    }
}
