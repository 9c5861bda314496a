package io.freshet.runtime.daemon;

import io.freshet.runtime.topology.ConnectionUrl;

/** What a daemon needs to start. */
public record DaemonConfig(ConnectionUrl url) {
}
