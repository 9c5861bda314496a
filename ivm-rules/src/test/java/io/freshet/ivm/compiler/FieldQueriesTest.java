package io.freshet.ivm.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.Step;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The questions of TPC-H and Nexmark. Each is kept by programs or in full, with the reason, as {@code field/modes.txt} says
 * ({@code -Dfreshet.accept} writes it); and its stream table equals it on PostgreSQL, after it was filled and after a change of each source.
 */
class FieldQueriesTest {
    private static final Path MODES = Path.of("src/test/resources/field/modes.txt");
    private static final Pattern QUERY = Pattern.compile("(?m)^-- @(\\w+) [^\\n]*\\n([^;]+);");

    @Test
    void areKeptAsRecordedAndEqualTheirStreamTables() throws IOException, SQLException {
        StringBuilder modes = new StringBuilder();
        try (TestDatabase database = TestDatabase.create("field", resource("schema.sql"))) {
            Catalog catalog = database.catalog();
            database.execute("CREATE SCHEMA away");
            for (Table table : tables(catalog)) {
                database.capture(table);
                database.execute("CREATE TABLE " + Quoting.table(new TableName("away", table.name().name())) + " (LIKE "
                        + Quoting.table(table.name()) + ")");
            }
            int epoch = 1;
            for (Map.Entry<String, String> query : queries().entrySet()) {
                TableName name = new TableName("public", "kept_" + query.getKey());
                Optional<CompiledStreamTable> compiled = compile(catalog, name, query.getValue(), modes);
                if (compiled.isPresent()) {
                    check(database, compiled.get(), ++epoch);
                }
            }
        }
        if (System.getProperty("freshet.accept") != null) {
            Files.writeString(MODES, modes);
        }
        assertThat(modes.toString()).isEqualTo(Files.readString(MODES));
    }

    private static Optional<CompiledStreamTable> compile(Catalog catalog, TableName name, String sql, StringBuilder modes) {
        modes.append(name.name().substring("kept_".length())).append("  ");
        try {
            CompiledStreamTable compiled = StreamTableCompiler.over(catalog)
                    .compile(new StreamTableDefinition(name, sql, RefreshMode.AUTO, Optional.empty()));
            String how = compiled.mode() == RefreshMode.FULL
                    ? compiled.fullRefreshReasons().stream().map(FieldQueriesTest::describe).collect(Collectors.joining("; "))
                    : compiled.storage();
            modes.append(compiled.mode()).append("  ").append(how).append('\n');
            return Optional.of(compiled);
        } catch (FreshetException e) {
            assertThat(e.position()).as(e.describe()).isPresent();
            modes.append("refused  ").append(e.describe().replace("\n", " ")).append('\n');
            return Optional.empty();
        }
    }

    private static String describe(FullRefreshReason reason) {
        return reason.operator() + reason.position().map(p -> " (" + p + ")").orElse("");
    }

    private static void check(TestDatabase database, CompiledStreamTable compiled, int epoch) throws SQLException {
        for (String statement : compiled.createStatements()) {
            database.execute(statement);
        }
        run(database, compiled.populate(), epoch - 1, epoch - 1);
        assertThat(database.number(compiled.verifySql())).as("%s filled", compiled.definition().query()).isZero();
        database.epoch(epoch);
        for (Table source : compiled.sources()) {
            exchange(database, source, epoch % 3);
        }
        Set<TableName> changed = compiled.sources().stream().map(Table::name).collect(Collectors.toSet());
        run(database, compiled.program(changed).steps(), epoch - 1, epoch);
        assertThat(database.number(compiled.verifySql())).as("%s after a change", compiled.definition().query()).isZero();
    }

    /** A third of the rows goes, those that went before come back. */
    private static void exchange(TestDatabase database, Table source, int third) throws SQLException {
        String table = Quoting.table(source.name());
        String away = Quoting.table(new TableName("away", source.name().name()));
        database.execute("INSERT INTO " + table + " SELECT * FROM " + away);
        database.execute("TRUNCATE " + away);
        database.execute("WITH gone AS (DELETE FROM " + table + " AS t WHERE abs(hashtext((t.*)::text)) % 3 = " + third
                + " RETURNING *) INSERT INTO " + away + " SELECT * FROM gone");
    }

    private static void run(TestDatabase database, List<Step> steps, long fromEpoch, long toEpoch) throws SQLException {
        for (Step step : steps) {
            database.execute(step.bind(fromEpoch, toEpoch));
        }
    }

    private static List<Table> tables(Catalog catalog) {
        return catalog.names().stream().sorted().filter(name -> name.schema().equals("public"))
                .flatMap(name -> catalog.table(name).stream()).toList();
    }

    private static Map<String, String> queries() throws IOException {
        Map<String, String> queries = new LinkedHashMap<>();
        QUERY.matcher(resource("queries.sql")).results().forEach(m -> queries.put(m.group(1), m.group(2)));
        return queries;
    }

    private static String resource(String name) throws IOException {
        try (InputStream file = FieldQueriesTest.class.getResourceAsStream("/field/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
