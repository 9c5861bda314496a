package io.freshet.runtime.daemon;

import io.freshet.runtime.daemon.UndecodableTables.Undecodable;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Topology;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why a stream that stands still is not worth waiting for, although its server is decoding: the decoder has perhaps lost its way, see
 * {@link UndecodableTables}, and would hold the epoch for ever; or the daemon is stopping.
 */
record Standstill(Connections connections, NodeSlots slots, UndecodableTables tables,
        Supplier<Topology> topology) implements Supplier<Optional<String>> {
    private static final Logger LOG = LoggerFactory.getLogger(Standstill.class);
    /** Of connecting to the coordinator, and of its answer. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @Override
    public Optional<String> get() {
        if (slots.isStopping()) {
            return Optional.of("the daemon is stopping");
        }
        if (!topology.get().citus()) {
            return Optional.empty();
        }
        try (Connection coordinator = connections.coordinator(LIMIT)) {
            return tables.look(coordinator, topology.get().usable()).stream().findFirst().map(Undecodable::what);
        } catch (SQLException e) {
            // Then the epoch ends by itself, or the next answer tells.
            LOG.debug("the coordinator cannot be asked for undecodable tables", e);
            return Optional.empty();
        }
    }
}
