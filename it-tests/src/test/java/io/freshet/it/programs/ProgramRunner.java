package io.freshet.it.programs;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.Step;
import io.freshet.ivm.Strategy;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.print.Quoting;
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
    private final Set<String> shuffled = new HashSet<>();
    private long epoch = 1;
    private int explained;

    ProgramRunner(Connection connection) throws SQLException {
        this.connection = connection;
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
                execute("TRUNCATE " + before);
                execute("INSERT INTO " + before + " SELECT * FROM " + now);
            }
        }
        return changed;
    }

    void create(CompiledStreamTable compiled) throws SQLException {
        for (String statement : compiled.createStatements()) {
            execute(statement);
        }
        run(compiled.populate());
    }

    void refresh(CompiledStreamTable compiled, Set<TableName> changed) throws SQLException {
        Set<TableName> own = compiled.sources().stream().map(Table::name).filter(changed::contains).collect(Collectors.toSet());
        if (!own.isEmpty()) {
            run(compiled.program(own).steps());
        }
    }

    /** How many rows a stream table and its query differ by. */
    long difference(CompiledStreamTable compiled) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(compiled.verifySql())) {
            result.next();
            return result.getLong(1);
        }
    }

    /** Steps that were planned to stay on their shards but, by EXPLAIN, did not. */
    Set<String> shuffledSteps() {
        return shuffled;
    }

    private void run(List<Step> steps) throws SQLException {
        connection.setAutoCommit(false);
        try {
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            execute("SET LOCAL citus.max_adaptive_executor_pool_size = 1");
            execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
            for (Step step : steps) {
                String sql = step.bind(epoch - 1, epoch);
                if (step.strategy() == Strategy.COLOCATED) {
                    explain(sql);
                }
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

    /** How many steps were planned to stay on their shards. */
    int colocatedSteps() {
        return explained;
    }

    /** A pushed down statement is one node of Citus's on top, with nothing fetched to the coordinator first. */
    private void explain(String sql) throws SQLException {
        explained++;
        List<String> plan = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("EXPLAIN (COSTS OFF) " + sql)) {
            while (result.next()) {
                plan.add(result.getString(1));
            }
        }
        boolean pushedDown = plan.getFirst().equals("Custom Scan (Citus Adaptive)")
                && plan.stream().noneMatch(line -> line.contains("Subplan")
                        || line.contains("INSERT/SELECT method") || line.contains("intermediate_result"));
        if (!pushedDown) {
            shuffled.add(sql + "\n" + String.join("\n", plan));
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
        connection.close();
    }
}
