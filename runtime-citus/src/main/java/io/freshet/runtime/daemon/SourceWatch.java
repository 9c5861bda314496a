package io.freshet.runtime.daemon;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.follow.Following;
import io.freshet.runtime.follow.ShardFiles;
import io.freshet.runtime.lifecycle.Lifecycle;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.Outage;
import io.freshet.runtime.topology.Topology;
import io.freshet.runtime.topology.WorkerAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the cluster for what makes streams miss changes: nodes that come and go, sources whose shards are replaced. What may have missed some is
 * filled again. Without Citus there is nothing to watch. Used by the epoch's thread.
 */
final class SourceWatch implements StreamHistory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceWatch.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final Connections connections;
    private final NodeStreams streams;
    private final Lifecycle lifecycle;
    private final ShardFiles files;
    private final Following following;
    /** Sources whose tables are to be made anew, which needs every node. */
    private Set<TableName> postponed = Set.of();
    private Optional<Connection> session = Optional.empty();
    private long lastLook = System.nanoTime();

    SourceWatch(Connections connections, NodeStreams streams, Lifecycle lifecycle) {
        this.connections = connections;
        this.streams = streams;
        this.lifecycle = lifecycle;
        this.files = new ShardFiles(connections);
        this.following = new Following(files, connections.workers() == WorkerAccess.DIRECT);
        lifecycle.registry().followed(source -> !streams.topology().citus() || following.follows(source));
    }

    NodeStreams streams() {
        return streams;
    }

    Following following() {
        return following;
    }

    /** The sources of stream tables that the streams do not follow yet, and can be brought to follow with the nodes that are there. */
    Set<TableName> followable() {
        Set<TableName> sources = new HashSet<>();
        lifecycle.registry().all().forEach(table -> sources.addAll(lifecycle.registry().unfollowed(table)));
        sources.removeIf(source -> waitsFor(source).isPresent());
        return sources;
    }

    /** A node without which the streams cannot be brought to follow the source. */
    Optional<Outage> waitsFor(TableName source) {
        return postponed.contains(source) || lifecycle.registry().coverage().holds(source)
                ? streams.topology().outages().values().stream().findFirst()
                : Optional.empty();
    }

    @Override
    public void lost(Topology topology, Node node, String reason) throws SQLException {
        lifecycle.isolation().forget(topology, node, reason);
    }

    /** Has everything filled again that rests on what the streams may have missed. */
    @Override
    public void found(Restored restored) throws SQLException {
        if (!restored.topology().citus()) {
            if (!(restored.lost().isEmpty() && restored.added().isEmpty())) {
                lifecycle.rebuildAll("the changes of " + restored.topology().coordinator() + " have not been read without a gap");
            }
            return;
        }
        try (Connection connection = connections.coordinator()) {
            Following.Findings findings = following.restore(connection,
                    new Following.Reading(streams.anyFresh(), restored.lost(), restored.added(), restored.absent(),
                            Set.copyOf(restored.topology().usable())));
            boolean whole = restored.topology().outages().isEmpty();
            // Citus makes tables on all nodes or not at all. Until then nothing reads or follows these sources.
            postponed = whole ? Set.of() : findings.replaced();
            Set<TableName> remade = whole ? findings.replaced() : Set.of();
            if (!findings.reasons().isEmpty()) {
                lifecycle.rebuild(findings.reasons(), remade);
                following.forget(connection, remade);
            }
            following.marked();
        }
    }

    /** Has filled again what reads these sources, each for its reason. */
    void refill(Map<TableName, String> reasons) throws SQLException {
        if (!reasons.isEmpty()) {
            lifecycle.rebuild(reasons, Set.of());
        }
    }

    /**
     * Now and then: whoever adds a node or distributes a table anew does not tell.
     *
     * @return whether the state must be read again
     */
    boolean look() {
        if (!streams.topology().citus() || System.nanoTime() - lastLook < BETWEEN_LOOKS.toNanos()) {
            return false;
        }
        lastLook = System.nanoTime();
        try {
            if (session.isEmpty()) {
                session = Optional.of(connections.coordinator());
            }
            boolean changed = following.look(session.get());
            // The nodes after the shards: a node that is not there now had no shard then.
            if (Topology.nodes(session.get(), connections.url()).equals(streams.topology().nodes())) {
                if (streams.absent().isEmpty()) {
                    following.noNodeHasCome();
                }
                return changed;
            }
            LOG.info("the nodes of the cluster have changed");
            return true;
        } catch (SQLException e) {
            LOG.debug("the cluster cannot be looked at", e);
            close();
            return false;
        }
    }

    @Override
    public void close() {
        files.close();
        try {
            if (session.isPresent()) {
                session.get().close();
            }
        } catch (SQLException e) {
            LOG.debug("closing a connection failed", e);
        }
        session = Optional.empty();
    }
}
