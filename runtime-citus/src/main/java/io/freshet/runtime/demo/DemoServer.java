package io.freshet.runtime.demo;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.ConnectionUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The server of the demonstration: the user's, or one that lives as long as this. */
final class DemoServer implements AutoCloseable {
    private final ConnectionUrl url;
    private final Optional<EmbeddedPostgres> embedded;

    private DemoServer(ConnectionUrl url, Optional<EmbeddedPostgres> embedded) {
        this.url = url;
        this.embedded = embedded;
    }

    static DemoServer at(ConnectionUrl url) {
        return new DemoServer(url, Optional.empty());
    }

    /** Starts a PostgreSQL in the temporary directory. It does without fsync, as it holds nothing worth keeping. */
    static DemoServer embedded() {
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical")
                    .setServerConfig("max_prepared_transactions", "20")
                    // As servers have it: a commit that is not flushed is not seen by a stream for up to 200 ms.
                    .setServerConfig("synchronous_commit", "on").start();
            ConnectionUrl url = new ConnectionUrl("localhost", postgres.getPort(), "postgres", Optional.of("postgres"),
                    Optional.empty(), Map.of());
            return new DemoServer(url, Optional.of(postgres));
        } catch (IOException e) {
            throw FreshetException.of(ErrorCode.NODE_UNREACHABLE, "the embedded PostgreSQL does not start: " + e.getMessage())
                    .withHint("Use a server of your own: ./freshet demo --url postgresql://..").causedBy(e);
        }
    }

    ConnectionUrl url() {
        return url;
    }

    @Override
    public void close() throws IOException {
        if (embedded.isPresent()) {
            embedded.get().close();
        }
    }
}
