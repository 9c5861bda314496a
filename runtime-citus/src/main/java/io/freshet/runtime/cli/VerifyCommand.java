package io.freshet.runtime.cli;

import io.freshet.runtime.sqlapi.StreamTableFunctions;
import io.freshet.runtime.sqlapi.StreamTableFunctions.Verification;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "verify", mixinStandardHelpOptions = true, description = {
        "Compares a stream table with its query at one cut, by a running daemon. Ends with 1 when they differ."})
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "NAME", description = "name or schema.name, with double quotes where SQL needs them.")
    private String name = "";

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = server.connect()) {
            Verification found = new StreamTableFunctions(connection).verify(name);
            output.print(Map.of("name", found.name(), "epoch", found.epoch(), "differingRows", found.differingRows(), "equal",
                    found.isEqual()),
                    () -> found.isEqual()
                            ? found.name() + " equals its query at epoch " + found.epoch() + "."
                            : found.name() + " DIFFERS from its query by " + found.differingRows() + " rows at epoch "
                                    + found.epoch() + ".");
            return found.isEqual() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
        }
    }
}
