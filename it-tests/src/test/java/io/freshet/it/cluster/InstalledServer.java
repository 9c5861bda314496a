package io.freshet.it.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A server of a local installation, run by initdb and pg_ctl. */
final class InstalledServer implements Server {
    private final CitusInstallation installation;
    private final ServerDirectory directory;
    private final int port;

    private InstalledServer(CitusInstallation installation, ServerDirectory directory, int port) {
        this.installation = installation;
        this.directory = directory;
        this.port = port;
    }

    static InstalledServer start(CitusInstallation installation, Map<String, String> settings) {
        InstalledServer server = new InstalledServer(installation, ServerDirectory.create("freshet-citus"), Ports.free());
        Running.add(server);
        try {
            Commands.own(server.directory.path());
            server.run("initdb", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
            Files.writeString(server.data().resolve("postgresql.conf"), settings.entrySet().stream()
                    .map(s -> s.getKey() + " = '" + s.getValue() + "'\n").collect(Collectors.joining()),
                    StandardOpenOption.APPEND);
            server.restart();
            return server;
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void run(String program, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(installation.program(program).toString(), "-D", data().toString()));
        command.addAll(List.of(arguments));
        Commands.run(directory.path(), command);
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
    }

    @Override
    public void shutDown() {
        run("pg_ctl", "-m", "fast", "-w", "-t", "120", "stop");
    }

    @Override
    public void save() {
        kill();
        shell("rm -rf saved && cp -a data saved && rm -rf saved/pg_replslot/*");
        restart();
    }

    @Override
    public void restore() {
        kill();
        shell("rm -rf data && mv saved data");
        restart();
    }

    private void shell(String script) {
        Commands.run(directory.path(), List.of("sh", "-c", script));
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
        run("pg_ctl", "-l", directory.path().resolve("log").toString(), "-w", "-t", "120", "-o",
                "-p " + port + " -k " + directory.path(), "start");
    }

    @Override
    public void close() {
        thaw();
        Running.remove(this);
        try {
            if (Files.exists(data().resolve("postmaster.pid"))) {
                run("pg_ctl", "-m", "immediate", "-w", "stop");
            }
        } catch (IllegalStateException alreadyDead) {
            // A killed server leaves its pid file behind.
        } finally {
            directory.close();
        }
    }
}
