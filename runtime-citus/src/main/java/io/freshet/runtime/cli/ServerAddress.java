package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.ConnectionUrl;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * Puts the coordinator's address together as libpq does: the URL first, then the environment, then the service file, then the defaults.
 * The driver itself looks into the password file.
 */
final class ServerAddress {
    private static final String SERVICE = "service";

    private ServerAddress() {
    }

    /** @throws FreshetException INVALID_OPTION */
    static ConnectionUrl of(Optional<String> url, Map<String, String> environment) {
        return url.map(text -> fromUrl(text, environment)).orElseGet(() -> fromEnvironment(environment));
    }

    private static ConnectionUrl fromUrl(String text, Map<String, String> environment) {
        ConnectionUrl url = ConnectionUrl.parse(text);
        Map<String, String> options = new HashMap<>(url.options());
        Optional<String> service = Optional.ofNullable(options.remove(SERVICE));
        if (service.isPresent()) {
            Map<String, String> merged = new HashMap<>(environment);
            merged.put("PGSERVICE", service.get());
            return fromEnvironment(merged);
        }
        return new ConnectionUrl(url.host(), url.port(), url.database(), url.user().or(() -> value(environment, "PGUSER")),
                url.password().or(() -> value(environment, "PGPASSWORD")), options);
    }

    private static ConnectionUrl fromEnvironment(Map<String, String> environment) {
        Optional<Properties> service = value(environment, "PGSERVICE").map(ServerAddress::service);
        Optional<String> user = value(environment, "PGUSER").or(() -> service.flatMap(s -> value(s, "user")));
        Optional<String> database = value(environment, "PGDATABASE").or(() -> service.flatMap(s -> value(s, "PGDBNAME")))
                .or(() -> user);
        return new ConnectionUrl(
                value(environment, "PGHOST").or(() -> service.flatMap(s -> value(s, "PGHOST"))).orElse("localhost"),
                port(value(environment, "PGPORT").or(() -> service.flatMap(s -> value(s, "PGPORT"))).orElse("5432")),
                database.orElse(System.getProperty("user.name")), user,
                value(environment, "PGPASSWORD").or(() -> service.flatMap(s -> value(s, "password"))), Map.of());
    }

    /** The driver reads the service file; an unknown service is not a URL for it. */
    private static Properties service(String name) {
        Properties found = Driver.parseURL("jdbc:postgresql://?service=" + name, new Properties());
        if (found == null) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "there is no service \"" + name + "\"")
                    .withHint("Services are in ~/.pg_service.conf or in the file that PGSERVICEFILE names.");
        }
        return found;
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "'" + text + "' is not a port").causedBy(e);
        }
    }

    private static Optional<String> value(Map<String, String> values, String key) {
        return Optional.ofNullable(values.get(key)).filter(v -> !v.isEmpty());
    }

    private static Optional<String> value(Properties values, String key) {
        return Optional.ofNullable(values.getProperty(key)).filter(v -> !v.isEmpty());
    }
}
