package io.freshet.runtime.sqlapi;

import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** A server of a test class's own, in whose database the schema is installed. */
public record InstalledServer(EmbeddedPostgres postgres, Connections connections) implements AutoCloseable {

    public static InstalledServer start() throws IOException, SQLException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
        Connections connections = new Connections(
                ConnectionUrl.parse("postgresql://postgres@localhost:" + postgres.getPort() + "/postgres"));
        try (Connection connection = connections.coordinator()) {
            Installer.install(connection);
        }
        return new InstalledServer(postgres, connections);
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
