package io.freshet.runtime.lifecycle;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.RefreshMode;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.StoredStreamTable;
import io.freshet.runtime.store.StreamTableStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
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
        for (Table source : captured(compiled)) {
            // A stream table that is refreshed in full needs to know that its source changed, not how.
            if (compiled.mode() == RefreshMode.DIFFERENTIAL) {
                ChangeTables.provide(connection, source);
            }
        }
        for (Table source : compiled.mirrored()) {
            MirrorStorage.create(connection, source);
        }
        make(connection, compiled, table.owner());
        long id = StreamTableStore.insert(connection, table);
        publish(connection, compiled);
        return id;
    }

    private static void make(Connection connection, CompiledStreamTable compiled, String owner) throws SQLException {
        for (String statement : compiled.createStatements()) {
            Jdbc.execute(connection, statement);
        }
        Jdbc.execute(connection,
                "GRANT SELECT ON " + Quoting.table(compiled.definition().name()) + " TO " + Quoting.identifier(owner)
                        + " WITH GRANT OPTION");
    }

    /** Makes a stream table's own tables anew, empty. What depends on them, a view for instance, makes this fail. */
    void remake(Connection connection, StoredStreamTable table, CompiledStreamTable compiled) throws SQLException {
        dropOwn(connection, table);
        make(connection, compiled, table.owner());
    }

    /** Makes the change table of a source anew, beside it, and forgets the changes. */
    void remakeChanges(Connection connection, Table source) throws SQLException {
        Jdbc.execute(connection, "DROP TABLE IF EXISTS " + Quoting.table(ChangeTable.nameFor(source.name())));
        for (String statement : ChangeTable.createStatements(source)) {
            Jdbc.execute(connection, statement);
        }
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_pending WHERE source_schema = ? AND source_table = ?",
                source.name().schema(), source.name().name());
    }

    void publish(Connection connection, CompiledStreamTable compiled) throws SQLException {
        // A daemon that rests has none.
        publication.provide(connection);
        publication.add(connection, captured(compiled).stream().map(Table::name).toList());
    }

    /**
     * Removes everything in the connection's transaction, and what only this stream table used. Needs nothing of its query, which may not
     * compile any more.
     *
     * @param sources those that are captured
     * @param stillRead by other stream tables
     */
    void drop(Connection connection, StoredStreamTable table, Collection<TableName> sources, StillRead stillRead)
            throws SQLException {
        Jdbc.execute(connection, "SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
        dropOwn(connection, table);
        StreamTableStore.delete(connection, table.id());
        MirrorStorage.dropUnread(connection);
        dropUnread(connection, sources, stillRead);
    }

    /**
     * Lets what belongs to a stream table follow its sources, which were altered, in the connection's transaction. Its own tables are the right ones;
     * it is to be filled again.
     *
     * @param before the sources it had
     * @return whether a source had to be published anew: what older transactions have written to it will never be seen
     */
    Republished adopt(Connection connection, StoredStreamTable table, Adoption adoption) throws SQLException {
        Jdbc.execute(connection, "SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
        List<Table> captured = captured(adoption.compiled());
        List<TableName> names = captured.stream().map(Table::name).toList();
        for (Table source : captured) {
            if (adoption.compiled().mode() == RefreshMode.DIFFERENTIAL) {
                ChangeTables.provide(connection, source);
            }
        }
        for (Table source : adoption.compiled().mirrored()) {
            // The mirror does not tell what was done to the source; it is made anew, and filled before anybody reads it.
            MirrorStorage.drop(connection, source.name());
            MirrorStorage.create(connection, source);
        }
        StreamTableStore.replaceSources(connection, table.id(), adoption.sources());
        MirrorStorage.dropUnread(connection);
        boolean anew = publication.repair(connection, names);
        dropUnread(connection, adoption.before().stream().filter(s -> !names.contains(s)).toList(), adoption.stillRead());
        return anew ? Republished.ANEW : Republished.NO;
    }

    /** The change table of a source gets the columns that the source has now. */
    void follow(Connection connection, CompiledStreamTable compiled, TableName source) throws SQLException {
        connection.setAutoCommit(false);
        try {
            Jdbc.execute(connection, "SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
            for (Table table : captured(compiled)) {
                if (table.name().equals(source)) {
                    ChangeTables.provide(connection, table);
                    if (compiled.mirrored().contains(table)) {
                        MirrorStorage.create(connection, table);
                    }
                }
            }
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** What a stream table reads from now on. */
    record Adoption(CompiledStreamTable compiled, List<StoredStreamTable.Source> sources, List<TableName> before,
            StillRead stillRead) {
    }

    /** Whether the publication was changed. */
    enum Republished {
        NO,
        ANEW
    }

    private void dropUnread(Connection connection, Collection<TableName> sources, StillRead stillRead) throws SQLException {
        for (TableName source : sources) {
            if (!stillRead.byIncrements().contains(source)) {
                Jdbc.execute(connection, "DROP TABLE IF EXISTS " + Quoting.table(ChangeTable.nameFor(source)));
                Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_held_changes WHERE source_schema = ? AND source_table = ?",
                        source.schema(), source.name());
            }
            if (!stillRead.atAll().contains(source)) {
                publication.remove(connection, List.of(source));
                Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_pending WHERE source_schema = ? AND source_table = ?",
                        source.schema(), source.name());
            }
        }
    }

    private static void dropOwn(Connection connection, StoredStreamTable table) throws SQLException {
        for (TableName each : List.of(table.name(), ManagedNames.state(table.name()), ManagedNames.stage(table.name()),
                ManagedNames.terms(table.name()))) {
            Jdbc.execute(connection, "DROP TABLE IF EXISTS " + Quoting.table(each));
        }
        for (TableName each : moved(connection, table.name())) {
            Jdbc.execute(connection, "DROP TABLE " + Quoting.table(each));
        }
    }

    private static List<TableName> moved(Connection connection, TableName streamTable) throws SQLException {
        String prefix = ManagedNames.movedPrefix(streamTable);
        return Jdbc.list(connection, """
                                     SELECT relname FROM pg_catalog.pg_class
                                     WHERE relnamespace = to_regnamespace(?) AND relkind = 'r' AND starts_with(relname, ?)
                                     """, row -> new TableName(ManagedNames.STATE_SCHEMA, row.getString(1)),
                ManagedNames.STATE_SCHEMA, prefix);
    }

    /**
     * The sources of the other stream tables.
     *
     * @param byIncrements those whose changes are taken; a part of {@code atAll}
     */
    record StillRead(Set<TableName> atAll, Set<TableName> byIncrements) {

        /** As the catalog has it: also those that do not compile now may take changes again, in the tables that are there. */
        static StillRead byOthers(Connection connection, long streamTable) throws SQLException {
            Set<TableName> sources = Set.copyOf(Jdbc.list(connection,
                    "SELECT source_schema, source_table FROM pgtrickle.pgt_sources WHERE pgt_id <> ?",
                    row -> new TableName(row.getString(1), row.getString(2)), streamTable));
            return new StillRead(sources, sources);
        }
    }

    /** A source that is a stream table is not captured: its changes are known from the epoch that makes them. */
    static List<Table> captured(CompiledStreamTable compiled) {
        return compiled.sources().stream().filter(s -> s.kind() != Table.Kind.STREAM_TABLE).toList();
    }
}
