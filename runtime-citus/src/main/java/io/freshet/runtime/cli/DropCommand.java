package io.freshet.runtime.cli;

import io.freshet.runtime.sqlapi.StreamTableFunctions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "drop", mixinStandardHelpOptions = true, description = "Removes a stream table, by a running daemon.")
final class DropCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "NAME", description = "name or schema.name, with double quotes where SQL needs them.")
    private String name = "";
    @Option(names = "--cascade", description = "Remove the stream tables that read it, too.")
    private boolean cascade;

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = server.connect()) {
            StreamTableFunctions functions = new StreamTableFunctions(connection);
            if (cascade) {
                functions.dropWithReaders(name);
            } else {
                functions.drop(name);
            }
            output.print(Map.of("name", name), () -> "Dropped " + name + ".");
            return ExitCode.DONE;
        }
    }
}
