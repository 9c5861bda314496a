package io.freshet.it.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.Mirror;
import io.freshet.ivm.Step;
import io.freshet.ivm.Strategy;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.lifecycle.ClusterPlan;
import io.freshet.runtime.store.WholeQueries;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs programs over change tables that are filled from the difference between a table and its copy at the last epoch. There is no daemon:
 * nothing writes while a program runs. Each program runs in a transaction set up like an epoch.
 */
final class ProgramRunner implements AutoCloseable {
    private final Connection connection;
    private final Set<String> contradicted = new HashSet<>();
    private final Set<Step> explained = new HashSet<>();
    private long epoch = 1;
    private final Set<TableName> mirrored = new HashSet<>();
    private final Connection explainer;

    /** @param explainer a second session: Citus asks the nodes for their plans by other sessions than the transaction's */
    ProgramRunner(Connection connection, Connection explainer) throws SQLException {
        this.connection = connection;
        this.explainer = explainer;
        execute("CREATE SCHEMA pgtrickle_changes");
        execute("CREATE SCHEMA pgtrickle_state");
        execute("CREATE SCHEMA last_epoch");
    }

    Catalog catalog() throws SQLException {
        return LiveCatalog.load(connection);
    }

    void capture(Table source) throws SQLException {
        for (String statement : ChangeTable.createStatements(source)) {
            execute(statement);
        }
        execute("CREATE TABLE last_epoch." + source.name().name() + " AS SELECT * FROM " + Quoting.table(source.name()));
    }

    /** Begins an epoch with the changes since the last one, and says which tables have some. */
    Set<TableName> nextEpoch(List<Table> sources) throws SQLException {
        epoch++;
        Set<TableName> changed = new HashSet<>();
        for (Table source : sources) {
            String now = Quoting.table(source.name());
            String before = "last_epoch." + source.name().name();
            String columns = source.columns().stream().map(c -> Quoting.identifier(c.name())).collect(Collectors.joining(", "));
            long rows = 0;
            for (String difference : List.of(
                    "-1, " + columns + " FROM (SELECT * FROM " + before + " EXCEPT ALL SELECT * FROM " + now,
                    "1, " + columns + " FROM (SELECT * FROM " + now + " EXCEPT ALL SELECT * FROM " + before)) {
                rows += update("INSERT INTO " + Quoting.table(ChangeTable.nameFor(source.name())) + " (" + ChangeTable.EPOCH
                        + ", "
                        + ChangeTable.WEIGHT + ", " + columns + ") SELECT " + epoch + ", " + difference + ") AS difference");
            }
            if (rows > 0) {
                changed.add(source.name());
                if (mirrored.contains(source.name())) {
                    for (String statement : Mirror.apply(source.name(), epoch,
                            source.columns().stream().map(Column::name).toList(),
                            source.keys().getFirst())) {
                        execute(statement);
                    }
                }
                execute("TRUNCATE " + before);
                execute("INSERT INTO " + before + " SELECT * FROM " + now);
            }
        }
        return changed;
    }

    void create(CompiledStreamTable compiled) throws SQLException {
        for (Table source : compiled.mirrored()) {
            if (mirrored.add(source.name())) {
                for (String statement : Mirror.createStatements(source)) {
                    execute(statement);
                }
                for (String statement : Mirror.spreadChanges(source.name())) {
                    execute(statement);
                }
                execute("INSERT INTO " + Quoting.table(Mirror.nameFor(source.name())) + " SELECT * FROM "
                        + Quoting.table(source.name()));
            }
        }
        for (String statement : compiled.createStatements()) {
            execute(statement);
        }
        run(compiled.populate(), WholeTables.MAY_MOVE);
    }

    void refresh(CompiledStreamTable compiled, Set<TableName> changed) throws SQLException {
        Set<TableName> own = compiled.sources().stream().map(Table::name).filter(changed::contains).collect(Collectors.toSet());
        if (!own.isEmpty()) {
            List<Step> steps = compiled.program(own).steps();
            assertThat(steps).as(compiled.definition().query()).extracting(Step::strategy).doesNotContain(Strategy.REPARTITION);
            run(steps, WholeTables.STAY);
        }
    }

    /** How many rows a stream table and its query differ by. */
    long difference(CompiledStreamTable compiled) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            WholeQueries.allow(connection);
            try (ResultSet result = statement.executeQuery(compiled.verifySql())) {
                result.next();
                return result.getLong(1);
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** The query's columns of a stream table, its rows as texts, sorted. */
    List<String> content(CompiledStreamTable compiled) throws SQLException {
        List<String> columns = new ArrayList<>();
        execute("SET search_path TO last_epoch");
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT * FROM (" + compiled.definition().query() + ") AS q LIMIT 0")) {
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                columns.add(Quoting.identifier(result.getMetaData().getColumnLabel(i)));
            }
        } finally {
            execute("RESET search_path");
        }
        return rows("SELECT " + String.join(", ", columns) + " FROM " + Quoting.table(compiled.definition().name()));
    }

    /** The rows of its query over the copies of the sources, which lie on the coordinator: PostgreSQL evaluates it, without Citus. */
    List<String> recomputed(CompiledStreamTable compiled) throws SQLException {
        execute("SET search_path TO last_epoch");
        try {
            return rows(compiled.definition().query());
        } finally {
            execute("RESET search_path");
        }
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT ROW(q.*)::text FROM (" + sql + ") AS q")) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        rows.sort(null);
        return rows;
    }

    /** Steps that, by the cluster's own EXPLAIN, run otherwise than they say. */
    Set<String> contradictedSteps() {
        return contradicted;
    }

    /** Whether Citus may repartition tables. */
    private enum WholeTables {
        MAY_MOVE,
        STAY
    }

    private void run(List<Step> steps, WholeTables tables) throws SQLException {
        connection.setAutoCommit(false);
        try {
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            execute("SET LOCAL citus.max_adaptive_executor_pool_size = 1");
            execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
            if (tables == WholeTables.MAY_MOVE) {
                WholeQueries.allow(connection);
            }
            try (Statement statement = explainer.createStatement()) {
                statement.execute("SET citus.enable_repartition_joins = " + (tables == WholeTables.MAY_MOVE ? "on" : "off"));
            }
            for (Step step : steps) {
                String sql = step.bind(epoch - 1, epoch);
                explain(step, sql, tables);
                if (update(sql) == 0 && step.whenEmpty() == Step.WhenEmpty.END) {
                    break;
                }
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** How many different steps of a strategy have run. */
    long steps(Strategy strategy) {
        return explained.stream().filter(step -> step.strategy() == strategy).count();
    }

    /** Whole tables may come to the coordinator to fill a stream table there. */
    private void explain(Step step, String sql, WholeTables tables) throws SQLException {
        if (explained.add(step)) {
            ClusterPlan plan = ClusterPlan.of(explainer, sql);
            boolean fills = tables == WholeTables.MAY_MOVE && step.strategy() == Strategy.TWO_PHASE;
            plan.contradicts(fills ? Strategy.COORDINATOR : step.strategy()).ifPresent(
                    difference -> contradicted.add(step.strategy() + ", but " + difference + ":\n" + sql + "\n" + plan));
        }
    }

    void execute(String sql) throws SQLException {
        update(sql);
    }

    private long update(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return Math.max(0, statement.getUpdateCount());
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + "\nin: " + sql, e.getSQLState(), e);
        }
    }

    @Override
    public void close() throws SQLException {
        explainer.close();
        connection.close();
    }
}
