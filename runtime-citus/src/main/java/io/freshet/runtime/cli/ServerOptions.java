package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the coordinator is. */
final class ServerOptions {
    @Option(names = "--url", paramLabel = "URL", description = {
            "postgresql://user@host:port/database, of the coordinator. Without it, or for what it leaves out, the environment variables "
                    + "PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE and PGSERVICE count, and the files .pgpass and .pg_service.conf."})
    private Optional<String> url = Optional.empty();

    /** Whether the command line itself names a server. */
    boolean isGiven() {
        return url.isPresent();
    }

    Connections connections() {
        return new Connections(ServerAddress.of(url, System.getenv()));
    }

    /** @throws FreshetException NODE_UNREACHABLE */
    void requireReachable() {
        try {
            connect().close();
        } catch (SQLException e) {
            throw ServerErrors.translate(e);
        }
    }

    /** @throws FreshetException NODE_UNREACHABLE */
    Connection connect() {
        Connections connections = connections();
        try {
            return connections.coordinator();
        } catch (SQLException e) {
            throw FreshetException
                    .of(ErrorCode.NODE_UNREACHABLE, "cannot connect to " + connections.url() + ": " + e.getMessage())
                    .withHint("Is the server there, and are --url or the PG.. environment variables right?").causedBy(e);
        }
    }
}
