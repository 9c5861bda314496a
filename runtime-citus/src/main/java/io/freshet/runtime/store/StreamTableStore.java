package io.freshet.runtime.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.ivm.Output;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.topology.Outage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads and writes {@code pgtrickle.pgt_stream_tables} and {@code pgtrickle.pgt_sources}, in the caller's transaction. */
public final class StreamTableStore {
    private static final String SELECT = """
                                         SELECT pgt_id, schema_name, table_name, query, requested_mode, distribution_column, schedule, settings::text, owner_role, status,
                                                populated, from_epoch, last_refresh_at, last_error, storage, placement,
                                                colocate_schema, colocate_table
                                         FROM pgtrickle.pgt_stream_tables
                                         """;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<TreeMap<String, String>> SETTINGS = new TypeReference<>() {
    };

    private StreamTableStore() {
    }

    public static List<StoredStreamTable> all(Connection connection) throws SQLException {
        return Jdbc.list(connection, SELECT + "ORDER BY pgt_id", StreamTableStore::map);
    }

    /** Whether there is one, filled or not. */
    public static boolean any(Connection connection) throws SQLException {
        return Jdbc.first(connection, "SELECT EXISTS (SELECT FROM pgtrickle.pgt_stream_tables)", row -> row.getBoolean(1))
                .orElseThrow();
    }

    /** Whether any has content. */
    public static boolean anyFilled(Connection connection) throws SQLException {
        return Jdbc.first(connection, "SELECT EXISTS (SELECT FROM pgtrickle.pgt_stream_tables WHERE populated)",
                row -> row.getBoolean(1)).orElseThrow();
    }

    /** The stream table as the catalog has it now. */
    public static StoredStreamTable find(Connection connection, long id) throws SQLException {
        return Jdbc.first(connection, SELECT + "WHERE pgt_id = ?", StreamTableStore::map, id).orElseThrow();
    }

    private static StoredStreamTable map(ResultSet row) throws SQLException {
        StreamTableDefinition definition = new StreamTableDefinition(new TableName(row.getString(2), row.getString(3)),
                row.getString(4),
                RefreshMode.valueOf(row.getString(5)), output(row));
        return new StoredStreamTable(row.getLong(1), definition, row.getString(7), settings(row.getString(8)), row.getString(9),
                StoredStreamTable.Status.valueOf(row.getString(10)), row.getBoolean(11), row.getLong(12),
                Optional.ofNullable(row.getTimestamp(13)).map(Timestamp::toInstant), Optional.ofNullable(row.getString(14)),
                List.of((String[]) row.getArray(15).getArray()));
    }

    private static Output output(ResultSet row) throws SQLException {
        Optional<String> beside = Optional.ofNullable(row.getString(18));
        String schema = row.getString(17);
        return Output.of(Optional.ofNullable(row.getString(6)), beside.map(name -> new TableName(schema, name)),
                Optional.of(row.getString(16)));
    }

    private static QuerySettings settings(String json) {
        try {
            return new QuerySettings(JSON.readValue(json, SETTINGS));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("pgtrickle.pgt_stream_tables holds settings that are not an object of strings", e);
        }
    }

    private static String json(QuerySettings settings) {
        try {
            return JSON.writeValueAsString(settings.values());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return the new stream table's id */
    public static long insert(Connection connection, StoredStreamTable.New table) throws SQLException {
        StreamTableDefinition definition = table.definition();
        long id = Jdbc.first(connection,
                """
                INSERT INTO pgtrickle.pgt_stream_tables (schema_name, table_name, query, requested_mode, refresh_mode, schedule,
                    distribution_column, status, from_epoch, populated, full_refresh_reason, owner_role, settings, storage,
                    placement, colocate_schema, colocate_table)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'INITIALIZING', 0, false, ?, ?, ?::jsonb, ?, ?, ?, ?)
                RETURNING pgt_id
                """, row -> row.getLong(1), definition.name().schema(), definition.name().name(), definition.query(),
                definition.mode().name(), table.mode(), table.schedule(), definition.distributionColumn(),
                table.fullRefreshReason(),
                table.owner(), json(table.settings()), connection.createArrayOf("text", table.storage().toArray()),
                definition.output().placement(), definition.output().colocatedWith().map(TableName::schema),
                definition.output().colocatedWith().map(TableName::name)).orElseThrow();
        addSources(connection, id, table.sources());
        return id;
    }

    /** The stream table reads these from now on. */
    public static void replaceSources(Connection connection, long id, List<StoredStreamTable.Source> sources)
            throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_sources WHERE pgt_id = ?", id);
        addSources(connection, id, sources);
    }

    private static void addSources(Connection connection, long id, List<StoredStreamTable.Source> sources) throws SQLException {
        for (StoredStreamTable.Source source : sources) {
            Jdbc.update(connection,
                    "INSERT INTO pgtrickle.pgt_sources (pgt_id, source_schema, source_table, source_oid, mirrored)"
                            + " VALUES (?, ?, ?, ?::bigint::oid, ?)",
                    id, source.name().schema(), source.name().name(), source.oid(), source.mirrored());
        }
    }

    /** The sources that the stream table was created with. */
    public static List<TableName> sources(Connection connection, long id) throws SQLException {
        return Jdbc.list(connection, "SELECT source_schema, source_table FROM pgtrickle.pgt_sources WHERE pgt_id = ?",
                row -> new TableName(row.getString(1), row.getString(2)), id);
    }

    /** Those whose mirrors it was created to read. */
    public static Set<TableName> mirrored(Connection connection, long id) throws SQLException {
        return new HashSet<>(Jdbc.list(connection,
                "SELECT source_schema, source_table FROM pgtrickle.pgt_sources WHERE pgt_id = ? AND mirrored",
                row -> new TableName(row.getString(1), row.getString(2)), id));
    }

    public static void delete(Connection connection, long id) throws SQLException {
        Jdbc.update(connection, "DELETE FROM pgtrickle.pgt_stream_tables WHERE pgt_id = ?", id);
    }

    /** How far a stream table has come: whether it has been filled, and the epoch that it is at. */
    public record Progress(boolean populated, long epoch) {
    }

    /** By the stream tables' ids. */
    public static Map<Long, Progress> progress(Connection connection) throws SQLException {
        Map<Long, Progress> progress = new HashMap<>();
        Jdbc.list(connection, "SELECT pgt_id, populated, from_epoch FROM pgtrickle.pgt_stream_tables",
                row -> progress.put(row.getLong(1), new Progress(row.getBoolean(2), row.getLong(3))));
        return progress;
    }

    /** The stream table is at {@code epoch} now, and well. */
    public static void refreshed(Connection connection, long id, long epoch) throws SQLException {
        Jdbc.update(connection, """
                                UPDATE pgtrickle.pgt_stream_tables
                                SET from_epoch = ?, populated = true, last_refresh_at = clock_timestamp(), last_error = NULL,
                                    status = CASE WHEN status = 'PAUSED' THEN status ELSE 'ACTIVE' END
                                WHERE pgt_id = ?
                                """, epoch, id);
    }

    public static void failed(Connection connection, long id, String error) throws SQLException {
        Jdbc.update(connection,
                """
                UPDATE pgtrickle.pgt_stream_tables
                SET last_error = ?, status = CASE WHEN status = 'ACTIVE' THEN 'FAILING' ELSE status END WHERE pgt_id = ?
                """, error, id);
    }

    /** The stream table can't be compiled as things are; its changes are not kept, so it is filled again when it can. */
    public static void broken(Connection connection, long id, String error) throws SQLException {
        Jdbc.update(connection,
                "UPDATE pgtrickle.pgt_stream_tables SET last_error = ?, status = 'FAILING', populated = false WHERE pgt_id = ?",
                error, id);
    }

    /** What the stream table holds is not to be relied on any more: it is filled again, for a reason that stays on record. */
    public static void rebuild(Connection connection, long id, String reason) throws SQLException {
        broken(connection, id, reason);
        refreshedInFullFor(connection, id, reason);
    }

    /** Records why a stream table that is maintained by increments has to be refreshed in full once. */
    public static void refreshedInFullFor(Connection connection, long id, String reason) throws SQLException {
        Jdbc.update(connection,
                "UPDATE pgtrickle.pgt_stream_tables SET rebuild_reason = ?, rebuild_asked_at = clock_timestamp() WHERE pgt_id = ?",
                reason, id);
    }

    /** The stream table has been filled by its query. */
    public static void filled(Connection connection, long id) throws SQLException {
        Jdbc.update(connection, "UPDATE pgtrickle.pgt_stream_tables SET full_refreshes = full_refreshes + 1 WHERE pgt_id = ?",
                id);
    }

    /** Its tables have been made anew, from sources that are other tables now. */
    public static void remade(Connection connection, long id, StoredStreamTable.Remade now) throws SQLException {
        Jdbc.update(connection,
                "UPDATE pgtrickle.pgt_stream_tables SET storage = ?, refresh_mode = ?, full_refresh_reason = ? WHERE pgt_id = ?",
                connection.createArrayOf("text", now.storage().toArray()), now.mode(), now.fullRefreshReason(), id);
        for (StoredStreamTable.Source source : now.sources()) {
            Jdbc.update(connection, """
                                    UPDATE pgtrickle.pgt_sources SET source_oid = ?::bigint::oid, mirrored = ?
                                    WHERE pgt_id = ? AND source_schema = ? AND source_table = ?
                                    """, source.oid(), source.mirrored(), id, source.name().schema(), source.name().name());
        }
    }

    /** The changes of a source that had not been taken are gone: all that read it are filled again. */
    public static void emptyReaders(Connection connection, TableName source, String reason) throws SQLException {
        Jdbc.update(connection,
                """
                UPDATE pgtrickle.pgt_stream_tables t SET last_error = ?, status = 'FAILING', populated = false,
                    rebuild_reason = ?, rebuild_asked_at = clock_timestamp()
                WHERE populated AND refresh_mode = 'DIFFERENTIAL' AND EXISTS (
                    SELECT FROM pgtrickle.pgt_sources s WHERE (s.pgt_id, s.source_schema, s.source_table) = (t.pgt_id, ?, ?))
                """, reason, reason, source.schema(), source.name());
    }

    /** @param outage of a node without which the stream table stays as it is; empty when it has all that it needs */
    public static void waits(Connection connection, long id, Optional<Outage> outage) throws SQLException {
        Jdbc.update(connection,
                """
                UPDATE pgtrickle.pgt_stream_tables s
                SET waiting_since = CASE WHEN o.group_id IS NOT NULL THEN coalesce(s.waiting_since, o.since) END,
                    waiting_for_group = o.group_id, waiting_for = o.reason
                FROM (VALUES (?::int, ?::timestamptz, ?::text)) AS o (group_id, since, reason)
                WHERE s.pgt_id = ? AND (s.waiting_for_group, s.waiting_for) IS DISTINCT FROM (o.group_id, o.reason)
                """, outage.map(o -> o.node().groupId()), outage.map(o -> Timestamp.from(o.since())),
                outage.map(o -> o.node() + ": " + o.reason()), id);
    }

    /** An unfilled stream table is complete: its first fill was not asked for. */
    public static void activate(Connection connection, long id) throws SQLException {
        Jdbc.update(connection, "UPDATE pgtrickle.pgt_stream_tables SET status = 'ACTIVE' WHERE pgt_id = ?", id);
    }
}
