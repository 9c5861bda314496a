package io.freshet.ivm.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.Step;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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

    /** A stream table with the epoch that it is at. */
    private static final class Kept {
        private final TestDatabase database;
        private final CompiledStreamTable compiled;
        private final Queries.Query query;
        private long epoch;

        Kept(TestDatabase database, CompiledStreamTable compiled, Queries.Query query) {
            this.database = database;
            this.compiled = compiled;
            this.query = query;
        }

        void create(long atEpoch) throws SQLException {
            for (String statement : compiled.createStatements()) {
                database.execute(statement);
            }
            run(compiled.populate(), atEpoch);
            check("populated");
        }

        void refresh(long toEpoch, String context) throws SQLException {
            Set<TableName> changed = new HashSet<>();
            for (Table source : compiled.sources()) {
                if (database.number("SELECT count(*) FROM " + Quoting.table(ChangeTable.nameFor(source.name()))
                        + " WHERE __pgt_epoch > " + epoch) > 0) {
                    changed.add(source.name());
                }
            }
            if (changed.isEmpty()) {
                return;
            }
            run(compiled.program(changed).steps(), toEpoch);
            check(context + ", epoch " + toEpoch + ", changed " + changed);
        }

        private void run(List<Step> steps, long toEpoch) throws SQLException {
            for (Step step : steps) {
                try {
                    int rows = database.execute(step.bind(epoch, toEpoch));
                    if (rows == 0 && step.whenEmpty() == Step.WhenEmpty.END) {
                        break;
                    }
                } catch (SQLException e) {
                    throw new SQLException(e.getMessage() + "\n-- " + step.comment() + "\nof " + compiled.definition().query(),
                            e);
                }
            }
            epoch = toEpoch;
        }

        private void check(String context) throws SQLException {
            String table = Quoting.table(compiled.definition().name());
            assertThat(database.number(compiled.verifySql())).as("%s: %s", context, query.sql()).isZero();
            if (query.text() == Queries.Text.IDENTICAL) {
                String columns = String.join(", ", database.columns(query.sql()));
                assertThat(database.rows("SELECT " + columns + " FROM " + table)).as("%s: %s", context, query.sql())
                        .isEqualTo(database.rows(query.sql()));
            }
        }
    }
}
