package io.freshet.ivm.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.Explanation;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.SnapshotCatalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The algebra of deltas that move before they meet: the same promise as {@link MaintenanceTest} for tables that are said to be distributed, each
 * round in another way. The programs run on a plain PostgreSQL, which has all rows in one place whatever a statement says; so wherever rows are
 * sent, on their way none may be lost, met twice or left behind.
 */
class MovingMaintenanceTest {
    private static final int ROUNDS = 5;
    private static final int EPOCHS = 7;

    @Test
    void streamTablesEqualTheirQueriesWhereverTheirSourcesLie() throws SQLException {
        long seed = Long.getLong("freshet.seed", 1L);
        int shuffled = 0;
        int broadcast = 0;
        for (long round = seed; round < seed + ROUNDS; round++) {
            for (CompiledStreamTable compiled : run(round)) {
                String explanation = Explanation.of(compiled).text();
                shuffled += explanation.contains("[shuffle]") ? 1 : 0;
                broadcast += explanation.contains("[broadcast]") ? 1 : 0;
            }
        }
        assertThat(shuffled).isPositive();
        assertThat(broadcast).isPositive();
    }

    private static List<CompiledStreamTable> run(long seed) throws SQLException {
        Random random = new Random(seed);
        try (TestDatabase database = TestDatabase.create("moving", RandomWrites.SCHEMA)) {
            RandomWrites writes = new RandomWrites(random, database);
            database.execute("SET TimeZone = 'UTC'");
            database.execute(
                    "CREATE FUNCTION create_distributed_table(name text, shards_by text, colocate_with text) RETURNS void"
                            + " LANGUAGE sql AS 'SELECT'");
            Catalog catalog = distributed(database.catalog(), random);
            for (Table table : tables(catalog)) {
                database.capture(table);
            }
            database.epoch(1);
            for (int i = 0; i < 10; i++) {
                writes.transaction();
            }
            List<Kept> kept = new ArrayList<>();
            List<CompiledStreamTable> moving = new ArrayList<>();
            for (Queries.Query query : Queries.ALL) {
                CompiledStreamTable compiled = compile(catalog, query, kept.size(), random);
                if (compiled.createStatements().stream().anyMatch(s -> s.contains("_terms"))) {
                    moving.add(compiled);
                    kept.add(new Kept(database, compiled, query));
                    kept.getLast().create(1);
                }
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
            return moving;
        }
    }

    /** Beside one of its sources if it can be, by a column that is chosen at random. */
    private static CompiledStreamTable compile(Catalog catalog, Queries.Query query, int number, Random random) {
        CompiledStreamTable central = compile(catalog, query, number, Optional.empty());
        List<String> columns = central.createStatements().getFirst().lines().skip(1).map(l -> l.strip().split(" ")[0])
                .filter(c -> c.matches("\\w+")).toList();
        if (columns.isEmpty()) {
            return central;
        }
        String column = columns.get(random.nextInt(columns.size()));
        try {
            CompiledStreamTable beside = compile(catalog, query, number, Optional.of(column));
            return beside.mode() == RefreshMode.DIFFERENTIAL ? beside : central;
        } catch (FreshetException refused) {
            return central;
        }
    }

    private static CompiledStreamTable compile(Catalog catalog, Queries.Query query, int number, Optional<String> column) {
        return StreamTableCompiler.over(catalog).compile(new StreamTableDefinition(new TableName("public", "Stream \"" + number),
                query.sql(), RefreshMode.AUTO, column));
    }

    /** The tables on shards of three groups, each by a column that is never NULL, or on one shard. */
    private static Catalog distributed(Catalog catalog, Random random) {
        List<Table> tables = tables(catalog).stream().map(t -> new Table(t.name(), t.kind(), t.columns(), t.keys(),
                t.replicaIdentity(), placement(t, random), t.viewDefinition())).toList();
        return new SnapshotCatalog(catalog.objects(), List.of("public"), tables);
    }

    private static Placement placement(Table table, Random random) {
        List<Column> possible = table.columns().stream().filter(Column::notNull).toList();
        if (random.nextInt(4) == 0 || possible.isEmpty()) {
            return new Placement.SingleShard(10 + random.nextInt(2));
        }
        return new Placement.Distributed(possible.get(random.nextInt(possible.size())).name(), 1 + random.nextInt(2));
    }

    private static List<Table> tables(Catalog catalog) {
        return catalog.names().stream().sorted().flatMap(name -> catalog.table(name).stream())
                .filter(t -> t.name().schema().equals("public")).toList();
    }
}
