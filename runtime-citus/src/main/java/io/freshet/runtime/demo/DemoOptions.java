package io.freshet.runtime.demo;

import io.freshet.runtime.topology.ConnectionUrl;
import java.time.Duration;
import java.util.Optional;

/**
 * What is shown.
 *
 * @param server the coordinator; empty for an embedded PostgreSQL
 * @param length how long the writers write
 * @param writers how many sessions write at once
 * @param transactionsPerSecond of all writers together; 0 for as many as they can
 * @param seed of the writers' choices
 */
public record DemoOptions(Optional<ConnectionUrl> server, Duration length, int writers, int transactionsPerSecond, long seed) {
}
