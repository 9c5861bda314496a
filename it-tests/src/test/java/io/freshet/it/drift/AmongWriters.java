package io.freshet.it.drift;

import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.Server;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** What an operator runs while others write: the others can be in the way, and then it is tried again. */
final class AmongWriters {
    /** Deadlock, lock timeout, object in use, serialization failure. */
    private static final Set<String> CONFLICTS = Set.of("40P01", "55P03", "55006", "40001");
    private static final int ATTEMPTS = 20;

    private AmongWriters() {
    }

    static void execute(Database database, String script) {
        execute(database.on(database.cluster().coordinator()), script);
    }

    static void execute(Database.Session session, String script) {
        for (int attempt = 1;; attempt++) {
            try {
                session.execute(script);
                return;
            } catch (SqlFailure e) {
                if (!isConflict(e) || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Also what an earlier move has left behind, and a deadlock on another node, which can end the connection that Citus has to it. */
    static boolean isConflict(SqlFailure failure) {
        return CONFLICTS.contains(failure.state()) || failure.getMessage().contains("could not be cleaned up")
                || failure.getMessage().contains("connection marked as essential");
    }

    /** For splits that let writers go on: newer servers only load the decoders that they are told to. */
    static void allowCitusToCopyByItsDecoder(Database database) {
        for (Server server : database.cluster().servers()) {
            Database.Session node = database.on(server);
            if (!node.rows("SELECT FROM pg_settings WHERE name = 'output_plugin_libraries'").isEmpty()) {
                node.execute("ALTER SYSTEM SET output_plugin_libraries = pgoutput, test_decoding, citus");
                node.rows("SELECT pg_reload_conf()");
            }
        }
    }

    /** Moves a shard of the table, and what is co-located with it, from one of two workers to the other. */
    static void moveAShard(Database database, String table, String mode, Random random) {
        List<String> shards = database.rows("SELECT shardid, nodeport FROM citus_shards WHERE table_name = '" + table
                + "'::regclass ORDER BY shardid");
        String[] shard = shards.get(random.nextInt(shards.size())).split("\\|");
        Server target = database.cluster().workers().stream().filter(worker -> worker.port() != Integer.parseInt(shard[1]))
                .findFirst().orElseThrow();
        execute(database, "SELECT citus_move_shard_placement(%s, '%s', %s, '%s', %d, '%s')".formatted(shard[0], Server.HOST,
                shard[1], Server.HOST, target.port(), mode));
    }
}
