package io.freshet.runtime.cli;

import io.freshet.runtime.sqlapi.StreamTableFunctions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "refresh", mixinStandardHelpOptions = true, description = "Brings a stream table up to now, by a running daemon.")
final class RefreshCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "NAME", description = "name or schema.name, with double quotes where SQL needs them.")
    private String name = "";

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = server.connect()) {
            long epoch = new StreamTableFunctions(connection).refresh(name);
            output.print(Map.of("name", name, "epoch", epoch), () -> name + " is at epoch " + epoch + ".");
            return ExitCode.DONE;
        }
    }
}
