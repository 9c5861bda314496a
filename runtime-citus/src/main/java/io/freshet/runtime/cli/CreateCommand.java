package io.freshet.runtime.cli;

import io.freshet.runtime.sqlapi.StreamTableFunctions;
import io.freshet.runtime.sqlapi.StreamTableFunctions.Creation;
import io.freshet.runtime.sqlapi.StreamTableFunctions.Lying;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "create", mixinStandardHelpOptions = true, description = "Creates a stream table, by a running daemon.")
final class CreateCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();
    @ArgGroup(multiplicity = "1")
    private final QueryOptions query = new QueryOptions();

    @Parameters(paramLabel = "NAME", description = "name or schema.name, with double quotes where SQL needs them.")
    private String name = "";
    @Option(names = "--schedule", paramLabel = "SCHEDULE", description = {
            "calculated (as fresh as possible) or the time between refreshes, as 500ms, 5s, 1m. Default: ${DEFAULT-VALUE}."})
    private String schedule = "calculated";
    @Option(names = "--mode", paramLabel = "MODE", description = "AUTO, DIFFERENTIAL or FULL. Default: ${DEFAULT-VALUE}.")
    private String mode = "AUTO";
    @Option(names = "--no-initialize", negatable = true, description = "Return before the stream table is filled.")
    private boolean initialize = true;
    @Option(names = "--if-not-exists", description = "Leave a stream table of this name as it is.")
    private boolean ifNotExists;
    @Option(names = "--distribution-column", paramLabel = "COLUMN", description = {
            "Distribute the stream table by this output column (Citus)."})
    private Optional<String> distributionColumn = Optional.empty();
    @Option(names = "--colocate-with", paramLabel = "TABLE", description = {
            "With --distribution-column: put its shards with those of this table (Citus)."})
    private Optional<String> colocateWith = Optional.empty();
    @Option(names = "--placement", paramLabel = "PLACEMENT", description = {
            "local, on the coordinator; reference, a copy on every node; or distributed (Citus)."})
    private Optional<String> placement = Optional.empty();

    @Override
    public Integer call() throws SQLException, IOException {
        try (Connection connection = server.connect()) {
            List<String> remarks = new StreamTableFunctions(connection).create(new Creation(name, query.text(), schedule, mode,
                    initialize, ifNotExists, new Lying(distributionColumn, colocateWith, placement)));
            output.print(Map.of("name", name, "remarks", remarks), () -> String.join("\n", remarks) + "\nCreated " + name + ".");
            return ExitCode.DONE;
        }
    }
}
