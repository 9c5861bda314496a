package io.freshet.runtime.lifecycle;

import io.freshet.ivm.ChangeTable;
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
import java.util.List;
import java.util.Set;

/** Makes and removes what belongs to a stream table in the database: tables, change tables, publication entries, its catalog rows. */
final class StreamTableStorage {
    private final Publication publication;

    StreamTableStorage(Publication publication) {
        this.publication = publication;
    }

    /**
     * Makes everything in the connection's transaction.
     *
     * @return the new stream table's id
     */
    long create(Connection connection, StoredStreamTable.New table, CompiledStreamTable compiled) throws SQLException {
        Jdbc.execute(connection, "SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
        List<Table> captured = captured(compiled);
        for (Table source : captured) {
            // A stream table that is refreshed in full needs to know that its source changed, not how.
            if (compiled.mode() == RefreshMode.DIFFERENTIAL && !exists(connection, ChangeTable.nameFor(source.name()))) {
                for (String statement : ChangeTable.createStatements(source)) {
                    Jdbc.execute(connection, statement);
                }
            }
        }
        for (String statement : compiled.createStatements()) {
            Jdbc.execute(connection, statement);
        }
        Jdbc.execute(connection,
                "GRANT SELECT ON " + Quoting.table(table.definition().name()) + " TO " + Quoting.identifier(table.owner())
                        + " WITH GRANT OPTION");
        long id = StreamTableStore.insert(connection, table);
        publication.add(connection, captured.stream().map(Table::name).toList());
        return id;
    }

    /**
     * Removes everything in the connection's transaction, and what only this stream table used.
     *
     * @param stillRead the sources that other stream tables read
     * @param stillTaken the sources whose changes other stream tables take
     */
    void drop(Connection connection, long id, CompiledStreamTable compiled, Set<TableName> stillRead, Set<TableName> stillTaken)
            throws SQLException {
        Jdbc.execute(connection, "SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
        for (String statement : compiled.dropStatements()) {
            Jdbc.execute(connection, statement);
        }
        StreamTableStore.delete(connection, id);
        for (Table source : captured(compiled)) {
            if (!stillTaken.contains(source.name())) {
                Jdbc.execute(connection, "DROP TABLE IF EXISTS " + Quoting.table(ChangeTable.nameFor(source.name())));
            }
            if (!stillRead.contains(source.name())) {
                publication.remove(connection, List.of(source.name()));
                Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_pending WHERE source_schema = ? AND source_table = ?",
                        source.name().schema(), source.name().name());
            }
        }
    }

    /** A source that is a stream table is not captured: its changes are known from the epoch that makes them. */
    static List<Table> captured(CompiledStreamTable compiled) {
        return compiled.sources().stream().filter(s -> s.kind() != Table.Kind.STREAM_TABLE).toList();
    }

    private static boolean exists(Connection connection, TableName table) throws SQLException {
        return Jdbc.first(connection, "SELECT to_regclass(?) IS NOT NULL", row -> row.getBoolean(1), Quoting.table(table))
                .orElseThrow();
    }
}
