package io.freshet.runtime.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a setting's value is written.
 *
 * @param <T> the value's type in Java
 */
sealed interface SettingType<T> {

    /** The value, or empty when the text is none or is out of limits. */
    Optional<T> parse(String text);

    /** Names the type and its limits. */
    String describe();

    String print(T value);

    record WholeNumber(int least, int most) implements SettingType<Integer> {
        @Override
        public Optional<Integer> parse(String text) {
            if (!text.strip().matches("-?\\d{1,9}")) {
                return Optional.empty();
            }
            return Optional.of(Integer.parseInt(text.strip())).filter(n -> n >= least && n <= most);
        }

        @Override
        public String describe() {
            return "whole number, " + least + " to " + most;
        }

        @Override
        public String print(Integer value) {
            return value.toString();
        }
    }

    /** A number with a unit; a bare one is milliseconds, as in PostgreSQL's own settings. */
    record Time(Duration least, Duration most) implements SettingType<Duration> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(ms|s|min|h|d|)");

        @Override
        public Optional<Duration> parse(String text) {
            Matcher matcher = FORM.matcher(text.strip());
            if (!matcher.matches()) {
                return Optional.empty();
            }
            long n = Long.parseLong(matcher.group(1));
            Duration value = switch (matcher.group(2)) {
                case "s" -> Duration.ofSeconds(n);
                case "min" -> Duration.ofMinutes(n);
                case "h" -> Duration.ofHours(n);
                case "d" -> Duration.ofDays(n);
                default -> Duration.ofMillis(n);
            };
            return Optional.of(value).filter(v -> v.compareTo(least) >= 0 && v.compareTo(most) <= 0);
        }

        @Override
        public String describe() {
            return "time (ms, s, min, h, d), " + print(least) + " to " + print(most);
        }

        @Override
        public String print(Duration value) {
            long millis = value.toMillis();
            List<String> units = List.of("ms", "s", "min", "h", "d");
            long[] factors = {1000, 60, 60, 24};
            int unit = 0;
            while (millis > 0 && unit < factors.length && millis % factors[unit] == 0) {
                millis /= factors[unit];
                unit++;
            }
            return millis + units.get(unit);
        }
    }

    record Memory(DataSize least, DataSize most) implements SettingType<DataSize> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(B|kB|MB|GB|TB)");

        @Override
        public Optional<DataSize> parse(String text) {
            Matcher matcher = FORM.matcher(text.strip());
            if (!matcher.matches()) {
                return Optional.empty();
            }
            int shift = 10 * List.of("B", "kB", "MB", "GB", "TB").indexOf(matcher.group(2));
            DataSize value = new DataSize(Long.parseLong(matcher.group(1)) << shift);
            return Optional.of(value).filter(v -> v.bytes() >= least.bytes() && v.bytes() <= most.bytes());
        }

        @Override
        public String describe() {
            return "memory (B, kB, MB, GB, TB), " + least + " to " + most;
        }

        @Override
        public String print(DataSize value) {
            return value.toString();
        }
    }

    /** One of a few words: the constants of an enum in small letters. */
    record Choice<E extends Enum<E>>(Class<E> constants) implements SettingType<E> {
        @Override
        public Optional<E> parse(String text) {
            return Arrays.stream(constants.getEnumConstants()).filter(c -> print(c).equals(text.strip())).findFirst();
        }

        @Override
        public String describe() {
            return "one of " + Arrays.stream(constants.getEnumConstants()).map(this::print).collect(Collectors.joining(", "));
        }

        @Override
        public String print(E value) {
            return value.name().toLowerCase(Locale.ROOT);
        }
    }
}
