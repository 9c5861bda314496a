package io.freshet.runtime.daemon;

import io.freshet.runtime.topology.ConnectionUrl;
import java.util.Map;

/**
 * What a daemon needs to start.
 *
 * @param flags settings that override what the server holds, by name
 */
public record DaemonConfig(ConnectionUrl url, Map<String, String> flags) {
    public DaemonConfig {
        flags = Map.copyOf(flags);
    }

    public DaemonConfig(ConnectionUrl url) {
        this(url, Map.of());
    }
}
