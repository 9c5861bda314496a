package io.freshet.it.input;

import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import java.util.ArrayList;
import java.util.List;

/** Everything that a stream table makes in a database, on every server of its cluster. */
final class Leftovers {
    private static final List<String> EVERYWHERE = List.of(
            "SELECT 'slot', slot_name FROM pg_replication_slots WHERE database = current_database()",
            "SELECT 'published', pubname, schemaname, tablename FROM pg_publication_tables",
            "SELECT 'function', oid::regprocedure FROM pg_proc WHERE pronamespace::regnamespace::text !~ '^(pg_|information_schema)'",
            """
            SELECT 'relation', relkind, oid::regclass FROM pg_class
            WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema|citus|columnar)'
            """, "SELECT 'prepared', gid FROM pg_prepared_xacts WHERE database = current_database()");
    private static final List<String> COORDINATOR = List.of(
            "SELECT 'stream table', schema_name, table_name FROM pgtrickle.pgt_stream_tables",
            "SELECT 'source', pgt_id, source_table FROM pgtrickle.pgt_sources",
            "SELECT 'pending', source_schema, source_table FROM pgtrickle.pgt_pending");

    private Leftovers() {
    }

    /** A line per thing that is there, in a fixed order. */
    static List<String> in(Database database) {
        List<String> found = new ArrayList<>();
        for (Server server : database.cluster().servers()) {
            EVERYWHERE.forEach(query -> found.addAll(database.on(server).rows(query)));
        }
        COORDINATOR.forEach(query -> found.addAll(database.rows(query)));
        return found.stream().sorted().toList();
    }
}
