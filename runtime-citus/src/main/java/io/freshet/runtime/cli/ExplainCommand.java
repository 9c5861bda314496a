package io.freshet.runtime.cli;

import io.freshet.runtime.sqlapi.StreamTableFunctions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "explain", mixinStandardHelpOptions = true, description = {
        "Shows how a stream table is stored and which SQL keeps it up to date."})
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Parameters(paramLabel = "NAME", description = "The stream table, of a running daemon.")
    private String name = "";

    @Override
    public Integer call() throws SQLException, IOException {
        try (Connection connection = server.connect()) {
            String format = switch (output.format()) {
                case TEXT -> "text";
                case JSON -> "json";
            };
            command.commandLine().getOut().println(new StreamTableFunctions(connection).explain(name, format).stripTrailing());
            return ExitCode.DONE;
        }
    }
}
