package io.freshet.it.drift;

import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.Server;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** What an operator does to a cluster while others write: they can be in its way, and then it is tried again. */
final class Operation {
    /** Deadlock, serialization failure, lock timeout, object in use, object gone. */
    private static final List<String> CONFLICTS = List.of("40P01", "40001", "55P03", "55006", "42704");
    /** Of what an earlier move has left behind, and somebody still reads; of a deadlock on another node, which can end Citus's connection to it. */
    private static final List<String> CONFLICT_MESSAGES = List.of("could not be cleaned up", "connection marked as essential");
    private static final int ATTEMPTS = 20;

    private Operation() {
    }

    /** Does it. If others are in the way each time, the last failure is the caller's. */
    static void perform(Database database, String sql) {
        perform(database.on(database.cluster().coordinator()), sql);
    }

    /** The same on any node. */
    static void perform(Database.Session node, String sql) {
        tryTo(node, sql).ifPresent(failure -> {
            throw failure;
        });
    }

    /**
     * Does it, if others are not in the way each time.
     *
     * @param conflicts further SQLSTATEs that others may be the cause of
     * @return the last failure; empty when it is done
     */
    static Optional<SqlFailure> tryTo(Database.Session node, String sql, String... conflicts) {
        Set<String> all = new HashSet<>(CONFLICTS);
        all.addAll(List.of(conflicts));
        for (int attempt = 1;; attempt++) {
            try {
                node.execute(sql);
                return Optional.empty();
            } catch (SqlFailure e) {
                if (!all.contains(e.state()) && CONFLICT_MESSAGES.stream().noneMatch(e.getMessage()::contains)) {
                    throw e;
                }
                if (attempt == ATTEMPTS) {
                    return Optional.of(e);
                }
            }
        }
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
        perform(database, "SELECT citus_move_shard_placement(%s, '%s', %s, '%s', %d, '%s')".formatted(shard[0], Server.HOST,
                shard[1], Server.HOST, target.port(), mode));
    }
}
