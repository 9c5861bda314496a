package io.freshet.ivm.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The promise itself: after its program, a stream table equals its query, as a bag and to the letter, whatever was written, whichever
 * sources changed and however many epochs were left out. All queries are kept over the same tables; each is refreshed at its own pace.
 */
class MaintenanceTest {
    private static final int EPOCHS = 25;

    @Test
    void streamTablesEqualTheirQueriesAfterEveryProgram() throws SQLException {
        long seed = Long.getLong("freshet.seed", 1L);
        Random random = new Random(seed);
        try (TestDatabase database = TestDatabase.create("maintenance", RandomWrites.SCHEMA)) {
            RandomWrites writes = new RandomWrites(random, database);
            database.execute("SET TimeZone = 'UTC'");
            Catalog catalog = database.catalog();
            for (Table table : tables(catalog)) {
                database.capture(table);
            }
            database.epoch(1);
            for (int i = 0; i < 10; i++) {
                writes.transaction();
            }
            List<Kept> kept = new ArrayList<>();
            for (Queries.Query query : Queries.ALL) {
                kept.add(new Kept(database, compile(catalog, query, kept.size()), query));
            }
            for (Kept each : kept) {
                each.create(1);
            }
            for (int epoch = 2; epoch <= EPOCHS; epoch++) {
                database.epoch(epoch);
                for (int i = random.nextInt(4); i >= 0; i--) {
                    writes.transaction();
                }
                for (Kept each : kept) {
                    if (random.nextInt(3) > 0) {
                        each.refresh(epoch, "freshet.seed=" + seed);
                    }
                }
            }
        }
    }

    private static CompiledStreamTable compile(Catalog catalog, Queries.Query query, int number) {
        CompiledStreamTable compiled = StreamTableCompiler.over(catalog).compile(new StreamTableDefinition(
                new TableName("public", "Stream \"" + number), query.sql(), RefreshMode.DIFFERENTIAL, Optional.empty()));
        assertThat(compiled.storage()).as(query.sql()).startsWith(query.storage());
        return compiled;
    }

    private static List<Table> tables(Catalog catalog) {
        return catalog.names().stream().sorted().flatMap(name -> catalog.table(name).stream())
                .filter(t -> t.name().schema().equals("public")).toList();
    }
}
