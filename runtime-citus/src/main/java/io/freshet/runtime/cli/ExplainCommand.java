package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.Explanation;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.compiler.StreamTableCompiler;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.catalog.offline.SchemaCatalog;
import io.freshet.runtime.sqlapi.StreamTableFunctions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "explain", mixinStandardHelpOptions = true, description = {
        "Shows how a stream table is stored and which SQL keeps it up to date: one that exists, by a running daemon; or one that a query "
                + "would make, without making it. With --schema no server is asked."})
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();
    @ArgGroup
    private final QueryOptions query = new QueryOptions();
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The stream table. With a query, the name it would have.")
    private Optional<String> name = Optional.empty();
    @Option(names = "--schema", paramLabel = "FILE", description = {
            "With a query, instead of a server: the script of the schema, as pg_dump --schema-only writes it, with calls of "
                    + "create_distributed_table and create_reference_table for tables that Citus places."})
    private Optional<String> schema = Optional.empty();
    @Option(names = "--changed", paramLabel = "TABLE", split = ",", description = {
            "With a query: show the program for exactly these changed sources."})
    private List<String> changed = List.of();
    @Option(names = "--distribution-column", paramLabel = "COLUMN", description = "With a query: distribute by this output column.")
    private Optional<String> distributionColumn = Optional.empty();
    @Option(names = "--mode", paramLabel = "MODE", description = {
            "With a query: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}."})
    private RefreshMode mode = RefreshMode.AUTO;

    @Override
    public Integer call() throws SQLException, IOException {
        refuseMixedSources();
        String text = query.isGiven() ? explainQuery(query.text()) : explainStreamTable();
        command.commandLine().getOut().println(text.stripTrailing());
        return ExitCode.DONE;
    }

    private void refuseMixedSources() {
        if (schema.isPresent() && !query.isGiven()) {
            throw new ParameterException(command.commandLine(), "--schema goes with a query: give --query or --sql.");
        }
        if (schema.isPresent() && server.isGiven()) {
            throw new ParameterException(command.commandLine(), "--schema stands for a server: leave --url or --schema out.");
        }
    }

    private String explainStreamTable() throws SQLException {
        String known = name
                .orElseThrow(() -> new ParameterException(command.commandLine(), "Name a stream table, or give a query."));
        try (Connection connection = server.connect()) {
            return new StreamTableFunctions(connection).explain(known, output.format().word());
        }
    }

    private String explainQuery(String sql) throws SQLException, IOException {
        Catalog catalog = catalog();
        TableName table = tableName(catalog);
        try {
            CompiledStreamTable compiled = StreamTableCompiler.over(catalog)
                    .compile(new StreamTableDefinition(table, sql, mode, distributionColumn));
            Explanation explanation = changed.isEmpty()
                    ? Explanation.of(compiled)
                    : Explanation.of(compiled, changedSources(catalog, compiled));
            return switch (output.format()) {
                case TEXT -> explanation.text();
                case JSON -> explanation.json();
            };
        } catch (FreshetException e) {
            throw new QueryException(e, sql);
        }
    }

    private Catalog catalog() throws SQLException, IOException {
        if (schema.isPresent()) {
            return catalogOf(schema.get());
        }
        try (Connection connection = server.connect()) {
            return LiveCatalog.load(connection);
        }
    }

    private static Catalog catalogOf(String file) throws IOException {
        String script = QueryOptions.read(file);
        try {
            return SchemaCatalog.of(script);
        } catch (FreshetException e) {
            throw new QueryException(e.withMessage(file + ": " + e.getMessage()), script);
        }
    }

    private TableName tableName(Catalog catalog) {
        List<String> parts = QualifiedName.parse(name.orElse("stream_table"));
        String schema = parts.size() == 2 ? parts.getFirst() : catalog.searchPath().stream().findFirst().orElse("public");
        return new TableName(schema, parts.getLast());
    }

    private Set<TableName> changedSources(Catalog catalog, CompiledStreamTable compiled) {
        Set<TableName> sources = compiled.sources().stream().map(Table::name).collect(Collectors.toSet());
        Set<TableName> names = new HashSet<>();
        for (String text : changed) {
            List<String> parts = QualifiedName.parse(text);
            Optional<String> schema = parts.size() == 2 ? Optional.of(parts.getFirst()) : Optional.empty();
            TableName found = catalog.resolve(schema, parts.getLast()).map(Table::name).filter(sources::contains)
                    .orElseThrow(() -> FreshetException.of(ErrorCode.INVALID_OPTION, "the query does not read " + text)
                            .withHint("It reads "
                                    + sources.stream().sorted().map(TableName::toString).collect(Collectors.joining(", "))
                                    + "."));
            names.add(found);
        }
        return names;
    }
}
