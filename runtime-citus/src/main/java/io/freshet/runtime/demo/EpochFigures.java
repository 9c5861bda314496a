package io.freshet.runtime.demo;

import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Adds the epochs up that were committed since this was made. {@code pgt_epochs} keeps the last ones only, so it has to be read often. */
final class EpochFigures {
    private final Connection connection;
    private long last;
    private long epochs;
    private long changes;
    private final Latencies durations = new Latencies();

    private EpochFigures(Connection connection, long last) {
        this.connection = connection;
        this.last = last;
    }

    static EpochFigures from(Connection connection) throws SQLException {
        Optional<Long> last = Jdbc.first(connection, "SELECT coalesce(max(epoch), 0) FROM pgtrickle.pgt_epochs",
                row -> row.getLong(1));
        return new EpochFigures(connection, last.orElseThrow());
    }

    void read() throws SQLException {
        Jdbc.list(connection, "SELECT epoch, changes, duration_ms FROM pgtrickle.pgt_epochs WHERE epoch > ? ORDER BY epoch",
                row -> {
                    last = row.getLong(1);
                    epochs++;
                    changes += row.getLong(2);
                    durations.add((long) (row.getDouble(3) * 1e6));
                    return last;
                }, last);
    }

    long last() {
        return last;
    }

    long epochs() {
        return epochs;
    }

    long changes() {
        return changes;
    }

    Latencies durations() {
        return durations;
    }
}
