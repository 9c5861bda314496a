package io.freshet.runtime.capture;

import io.freshet.errors.FreshetException;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** Opens replication connections and starts their streams. */
final class StreamStarter implements NodeReader.Starter {
    /** The last version that adds something for transactions that are not streamed while they run. */
    private static final int PROTOCOL_VERSION = 3;

    private final ReplicationConnections connections;
    private final CaptureSettings settings;

    StreamStarter(ReplicationConnections connections, CaptureSettings settings) {
        this.connections = connections;
        this.settings = settings;
    }

    @Override
    public NodeReader.Started start(Node node, String slot, Lsn begin) throws CaptureBrokenException {
        try {
            Connection connection = connections.open(node);
            try {
                return start(node, slot, begin, connection);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            Optional<FreshetException> known = SlotErrors.ofStream(node, slot, e);
            if (known.isPresent()) {
                throw known.get();
            }
            throw new CaptureBrokenException(node, "the stream cannot be started: " + e.getMessage(), e);
        }
    }

    private NodeReader.Started start(Node node, String slot, Lsn begin, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_current_wal_insert_lsn()::text,"
                        + " pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint")) {
            row.next();
            Lsn position = Lsn.parse(row.getString(1));
            long nextXid = row.getLong(2);
            PGReplicationStream stream = open(slot, begin, connection.unwrap(PGConnection.class));
            NodeStream.Source source = new NodeStream.Source(node, connection, stream, settings.statusInterval(),
                    new ServerProbe(connections, node, slot));
            return new NodeReader.Started(position, nextXid,
                    (assembler, pending, events) -> new NodeStream(source, assembler, pending, events));
        }
    }

    private PGReplicationStream open(String slot, Lsn begin, PGConnection connection) throws SQLException {
        return SlotPatience.whileInUse(() -> connection.getReplicationAPI().replicationStream().logical()
                .withSlotName(slot)
                .withStartPosition(LogSequenceNumber.valueOf(begin.value()))
                .withSlotOption("proto_version", PROTOCOL_VERSION)
                .withSlotOption("publication_names", Quoting.identifier(settings.publication()))
                .withSlotOption("binary", true)
                .withSlotOption("messages", true)
                // The driver would confirm positions that no epoch has taken.
                .withAutomaticFlush(false)
                .withStatusInterval(Math.toIntExact(settings.statusInterval().toMillis()), TimeUnit.MILLISECONDS)
                .start());
    }
}
