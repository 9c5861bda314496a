package io.freshet.runtime.settings;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A value for every setting. Immutable. */
public final class Settings {
    private final Map<Setting<?>, Object> values;

    private Settings(Map<Setting<?>, Object> values) {
        this.values = Map.copyOf(values);
    }

    /** Every setting at its default. */
    public static Settings defaults() {
        return new Settings(Map.of());
    }

    /**
     * The values that hold in a session of the daemon's role, as {@code ALTER SYSTEM}, {@code ALTER DATABASE} or {@code ALTER ROLE} set them,
     * overridden by those of the command line.
     *
     * @param flags by name, with or without {@code pg_trickle.}
     * @throws FreshetException INVALID_OPTION for a flag that is no setting, or a value that a setting cannot have
     */
    public static Settings read(Connection connection, Map<String, String> flags) throws SQLException {
        Map<Setting<?>, Object> values = new HashMap<>();
        for (Setting<?> setting : Setting.all()) {
            Optional<String> text = Jdbc.first(connection, "SELECT coalesce(current_setting(?, true), '')",
                    row -> row.getString(1), setting.name());
            text.filter(t -> !t.isEmpty()).ifPresent(t -> values.put(setting, setting.parse(t)));
        }
        flags.forEach((name, text) -> {
            Setting<?> setting = find(name);
            values.put(setting, setting.parse(text));
        });
        return new Settings(values);
    }

    private static Setting<?> find(String name) {
        String full = name.startsWith(Setting.PREFIX) ? name : Setting.PREFIX + name;
        return Setting.all().stream().filter(s -> s.name().equals(full)).findFirst()
                .orElseThrow(() -> FreshetException.of(ErrorCode.INVALID_OPTION, "there is no setting " + full)
                        .withHint(
                                "The settings are " + Setting.all().stream().map(Setting::name).collect(Collectors.joining(", "))
                                        + "."));
    }

    @SuppressWarnings("unchecked") // Only parse() of the same setting has put the value there.
    public <T> T get(Setting<T> setting) {
        return (T) values.getOrDefault(setting, setting.defaultValue());
    }
}
