package io.freshet.runtime.topology;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the coordinator is and as whom to connect: libpq's URL form, {@code postgresql://user:password@host:port/database?option=value}.
 * The password never appears in {@link #toString()}.
 */
public record ConnectionUrl(String host, int port, String database, Optional<String> user, Optional<String> password,
        Map<String, String> options) {
    private static final int DEFAULT_PORT = 5432;

    public ConnectionUrl {
        options = Map.copyOf(options);
    }

    /** @throws FreshetException INVALID_OPTION */
    public static ConnectionUrl parse(String url) {
        String text = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw malformed();
        }
        if (uri.getScheme() == null || !uri.getScheme().equals("postgresql") && !uri.getScheme().equals("postgres")) {
            throw malformed();
        }
        Map<String, String> options = new LinkedHashMap<>();
        if (uri.getRawQuery() != null) {
            for (String pair : uri.getRawQuery().split("&")) {
                int equals = pair.indexOf('=');
                if (equals <= 0) {
                    throw malformed();
                }
                options.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        Optional<String> user = Optional.ofNullable(options.remove("user"));
        Optional<String> password = Optional.ofNullable(options.remove("password"));
        if (uri.getRawUserInfo() != null) {
            String[] parts = uri.getRawUserInfo().split(":", 2);
            user = Optional.of(decode(parts[0]));
            password = parts.length == 2 ? Optional.of(decode(parts[1])) : password;
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        String database = path.length() > 1 ? path.substring(1) : user.orElse("postgres");
        return new ConnectionUrl(uri.getHost() == null ? "localhost" : uri.getHost(),
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                database, user, password, options);
    }

    private static FreshetException malformed() {
        // The text itself may hold a password: it is not repeated.
        return FreshetException.of(ErrorCode.INVALID_OPTION, "the connection URL is malformed")
                .withHint("Write postgresql://user@host:port/database.");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "postgresql://" + user.map(u -> u + "@").orElse("") + host + ":" + port + "/" + database;
    }
}
