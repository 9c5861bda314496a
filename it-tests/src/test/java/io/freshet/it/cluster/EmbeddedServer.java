package io.freshet.it.cluster;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A server of the embedded binaries. It keeps its data directory over a {@link #kill}. */
final class EmbeddedServer implements Server {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final ServerDirectory directory;
    private final Map<String, String> settings;
    private final int port;
    private EmbeddedPostgres postgres;

    private EmbeddedServer(ServerDirectory directory, Map<String, String> settings) {
        this.directory = directory;
        this.settings = settings;
        this.port = Ports.free();
        this.postgres = launch();
        Running.add(this);
    }

    static EmbeddedServer start(Map<String, String> settings) {
        return new EmbeddedServer(ServerDirectory.create("freshet-postgres"), settings);
    }

    private EmbeddedPostgres launch() {
        Redirect log = Redirect.appendTo(directory.path().resolve("log").toFile());
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().setDataDirectory(data()).setCleanDataDirectory(false)
                .setRegisterShutdownHook(false).setPort(port).setPGStartupWait(START_LIMIT).setOutputRedirector(log)
                .setErrorRedirector(log);
        settings.forEach(builder::setServerConfig);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path data() {
        return directory.path().resolve("data");
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void kill() {
        Postmaster.kill(data());
        release();
    }

    /** Stops the server if it runs, and gives the directory's lock back. */
    private void release() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void freeze() {
        Postmaster.freeze(data());
    }

    @Override
    public void thaw() {
        Postmaster.thaw(data());
    }

    @Override
    public void restart() {
        postgres = launch();
    }

    @Override
    public void close() {
        thaw();
        Running.remove(this);
        try {
            release();
        } finally {
            directory.close();
        }
    }
}
