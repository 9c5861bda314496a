package io.freshet.runtime.lifecycle;

import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.RefreshMode;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.StoredStreamTable;
import io.freshet.runtime.store.StreamTableStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the tables anew that lie beside a source which has been replaced, or distributed anew: the change table always, and a stream table's own
 * tables when its query would be kept in other ones now, or they are no longer co-located with the source. What reads the source is filled again
 * in any case, so nothing in them is missed.
 */
final class Remaking {
    private static final Logger LOG = LoggerFactory.getLogger(Remaking.class);

    private final Connection connection;
    private final StreamTableStorage storage;
    private final Set<TableName> replaced;
    private final Set<TableName> done = new HashSet<>();
    private final Set<TableName> mirrored = new HashSet<>();

    /** @param connection in whose transaction everything is made */
    Remaking(Connection connection, StreamTableStorage storage, Set<TableName> replaced) {
        this.connection = connection;
        this.storage = storage;
        this.replaced = replaced;
    }

    void remake(StoredStreamTable stored, Compilation.Session compiler) throws SQLException {
        CompiledStreamTable compiled;
        try {
            compiled = compiler.compile(stored.definition(), stored.settings());
        } catch (FreshetException e) {
            LOG.debug("stream table {} does not compile over its new sources: {}", stored.name(), e.describe());
            return;
        }
        Savepoint savepoint = connection.setSavepoint();
        try {
            for (Table source : StreamTableStorage.captured(compiled)) {
                if (replaced.contains(source.name()) && compiled.mode() == RefreshMode.DIFFERENTIAL && done.add(source.name())) {
                    storage.remakeChanges(connection, source);
                }
            }
            for (Table source : compiled.mirrored()) {
                if (replaced.contains(source.name()) && mirrored.add(source.name())) {
                    MirrorStorage.drop(connection, source.name());
                }
                MirrorStorage.create(connection, source);
            }
            if (!compiled.createStatements().equals(stored.storage()) || isApart(stored)) {
                storage.remake(connection, stored, compiled);
            }
            storage.publish(connection, compiled);
            StreamTableStore.remade(connection, stored.id(), Lifecycle.remembered(connection, compiled));
            connection.releaseSavepoint(savepoint);
        } catch (SQLException | FreshetException e) {
            connection.rollback(savepoint);
            LOG.error("the tables of stream table {} cannot be made anew: {}", stored.name(), e.getMessage());
            StreamTableStore.broken(connection, stored.id(), "its tables cannot be made anew: " + e.getMessage());
        }
    }

    /** Whether the stream table was made to lie beside a source and does not any more. */
    private boolean isApart(StoredStreamTable stored) throws SQLException {
        for (TableName source : replaced) {
            String beside = "colocate_with => " + Quoting.literal(Quoting.table(source));
            if (stored.storage().stream().anyMatch(s -> s.contains(beside)) && !colocated(stored.name(), source)) {
                return true;
            }
        }
        return false;
    }

    /** False when one of them is not distributed: of a stream table on the coordinator, staging tables lie beside the source. */
    private boolean colocated(TableName one, TableName other) throws SQLException {
        List<Integer> groups = Jdbc.list(connection,
                "SELECT colocationid FROM pg_catalog.pg_dist_partition WHERE logicalrelid = ANY (?::regclass[])",
                row -> row.getInt(1), connection.createArrayOf("text", new Object[]{Quoting.table(one), Quoting.table(other)}));
        return groups.size() == 2 && groups.getFirst().equals(groups.getLast());
    }
}
