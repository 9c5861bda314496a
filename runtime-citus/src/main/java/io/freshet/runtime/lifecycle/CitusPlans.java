package io.freshet.runtime.lifecycle;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.Step;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.WholeQueries;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Citus how it would run each step of a new stream table, before anybody depends on it: Citus refuses statements that PostgreSQL runs, and a
 * stream table must not fail at its first change.
 */
final class CitusPlans {
    private static final Logger LOG = LoggerFactory.getLogger(CitusPlans.class);

    private CitusPlans() {
    }

    /**
     * Plans the programs of every source alone and of all together, in the transaction that has made the tables. Citus plans, but does not ask the nodes
     * for the plans of their tasks: that it does by other sessions, which cannot see the new tables, and for the coordinator's own shards and copies of
     * reference tables there would be two sessions of one transaction on one node.
     *
     * @return why there is a step that cannot be run; empty when all can
     */
    static Optional<FullRefreshReason> refused(Connection connection, CompiledStreamTable compiled) throws SQLException {
        if (compiled.mode() == RefreshMode.FULL) {
            return Optional.empty();
        }
        WholeQueries.forbid(connection);
        Jdbc.execute(connection, "SET LOCAL citus.explain_distributed_queries = off");
        for (Step step : steps(compiled)) {
            Savepoint savepoint = connection.setSavepoint();
            try {
                Jdbc.list(connection, "EXPLAIN (COSTS OFF) " + step.bind(0, 0), row -> row.getString(1));
                connection.releaseSavepoint(savepoint);
            } catch (SQLException e) {
                if (!isRefusal(e)) {
                    throw e;
                }
                connection.rollback(savepoint);
                return Optional.of(new FullRefreshReason("a statement that Citus refuses",
                        "Citus cannot run the step \"" + step.comment() + "\" on these tables: " + e.getMessage(),
                        Optional.empty(),
                        Optional.empty()));
            }
        }
        return Optional.empty();
    }

    /** Says which steps Citus runs otherwise than they say of themselves. The tables are committed, and no transaction is open. */
    static void warn(Connection connection, CompiledStreamTable compiled) {
        if (compiled.mode() == RefreshMode.FULL) {
            return;
        }
        try {
            connection.setAutoCommit(false);
            WholeQueries.forbid(connection);
            for (Step step : steps(compiled)) {
                ClusterPlan plan = ClusterPlan.of(connection, step.bind(0, 0));
                plan.contradicts(step.strategy())
                        .ifPresent(difference -> LOG.warn("stream table {}: Citus does not run this step as {}, {}: {}\n{}",
                                compiled.definition().name(), step.strategy(), difference, step.comment(), plan));
            }
            connection.rollback();
        } catch (SQLException e) {
            LOG.warn("stream table {}: the nodes were not asked for their plans: {}", compiled.definition().name(),
                    e.getMessage());
        }
    }

    private static Set<Step> steps(CompiledStreamTable compiled) {
        List<TableName> sources = compiled.sources().stream().map(Table::name).toList();
        List<Set<TableName>> changes = new ArrayList<>(sources.stream().map(Set::of).toList());
        changes.add(Set.copyOf(sources));
        Set<Step> steps = new HashSet<>();
        changes.stream().filter(c -> !c.isEmpty()).forEach(c -> steps.addAll(compiled.program(c).steps()));
        return steps;
    }

    /** Classes: feature not supported, syntax error or access rule, internal error (which Citus raises for some it does not support). */
    private static boolean isRefusal(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("0A") || state.startsWith("42") || state.equals("XX000");
    }
}
