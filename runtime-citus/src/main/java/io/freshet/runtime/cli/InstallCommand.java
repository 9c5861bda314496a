package io.freshet.runtime.cli;

import io.freshet.runtime.sqlapi.Installer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "install", mixinStandardHelpOptions = true, description = {
        "Installs the schema pgtrickle, or brings it to this version. The daemon does it by itself when it starts."})
final class InstallCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = server.connect()) {
            Installer.Installation installation = Installer.install(connection);
            output.print(Map.of("id", installation.id(), "version", installation.version()),
                    () -> "The schema pgtrickle is there, in version " + installation.version() + ".");
            return ExitCode.DONE;
        }
    }
}
