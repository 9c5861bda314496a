package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import io.freshet.it.daemon.Writers;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards that move between workers under load. */
class ShardMoveIT {
    private static final int MOVES = 8;
    private static final int ROWS = 200_000;

    @Test
    void nothingIsLostOrDoubledByMoves() {
        try (Database database = Clusters.citus().createDatabase("moves")) {
            Scenario scenario = new Scenario(database);
            long seed = Scenario.seed();
            try (WriteLoad load = scenario.startLoad(seed); DaemonProcess daemon = DaemonProcess.start(database)) {
                scenario.createStreamTables();
                Random random = new Random(seed);
                Map<String, Integer> moves = new TreeMap<>();
                for (int i = 0; i < MOVES; i++) {
                    String mode = i % 4 < 2 ? "block_writes" : "force_logical";
                    move(database, i % 2 == 0 ? "orders" : "log_lines", mode, random);
                    moves.merge(mode, 1, Integer::sum);
                    scenario.verifyOne(random);
                }
                System.out.println("moves: " + moves);
                assertThat(moves).containsOnlyKeys("block_writes", "force_logical");
                scenario.verifyAll();
                load.stop();
                scenario.compareAll();
                scenario.assertFilledOnce();
            }
        }
    }

    /**
     * Each table of a group is copied by a transaction of its own, the small anchor first. An epoch that begins meanwhile waits for the move, and then must
     * not read the copies as of a moment when only the anchor's was there: the stream table's rows, which are many, would be missing.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEpochThatBeginsInTheMiddleOfAMoveReadsAllOfIt(boolean alsoToTheCoordinator) {
        try (CitusCluster cluster = Clusters.ownCitus(alsoToTheCoordinator ? 1 : 2, Map.of());
                Database database = cluster.createDatabase("middle")) {
            if (alsoToTheCoordinator) {
                database.execute(
                        "SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', true) FROM pg_dist_node WHERE groupid = 0");
            }
            database.execute("""
                             CREATE TABLE small (k int PRIMARY KEY, v int NOT NULL);
                             SELECT create_distributed_table('small', 'k', shard_count => 4);
                             CREATE TABLE large (k int NOT NULL, v int, padding text);
                             SELECT create_distributed_table('large', 'k', shard_count => 4, colocate_with => 'none');
                             ALTER TABLE small REPLICA IDENTITY FULL;
                             ALTER TABLE large REPLICA IDENTITY FULL;
                             INSERT INTO small SELECT i, i FROM generate_series(1, 100) i;
                             INSERT INTO large SELECT i, i, repeat('x', 300) FROM generate_series(1, %d) i;
                             """.formatted(ROWS));
            database.execute("ALTER DATABASE " + database.name() + " SET pg_trickle.min_epoch_interval = '700ms'");
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                StreamTables streamTables = new StreamTables(database);
                // Its group comes first when the anchors are held.
                StreamTableCase ofSmall = StreamTableCase.differential("of_small", "SELECT k, v FROM small");
                StreamTableCase ofLarge = StreamTableCase.differential("of_large", "SELECT k, v, padding FROM large");
                List<StreamTableCase> both = List.of(ofSmall, ofLarge);
                both.forEach(each -> streamTables.create(each.name(), each.query(), "output_distribution_column => 'k'"));
                long seed = Scenario.seed();
                System.out.println("moves: seed " + seed);
                Random random = new Random(seed);
                try (Writers writers = new Writers()) {
                    for (String write : List.of("UPDATE small SET v = v + 1 WHERE k %% 100 = %d %% 100",
                            "DELETE FROM large WHERE k = %d",
                            "UPDATE large SET v = v + 1 WHERE k = %d")) {
                        Random keys = new Random(random.nextLong());
                        writers.start(() -> writeUntilStopped(writers, database, write, keys));
                    }
                    for (int i = 0; i < MOVES; i++) {
                        move(database, "large", "block_writes", random);
                        assertThat(streamTables.verify("of_large").differingRows()).as("after move %d", i).isZero();
                    }
                    writers.stop();
                }
                for (StreamTableCase each : both) {
                    assertThat(streamTables.verify(each.name()).differingRows()).as(each.name()).isZero();
                    Recompute.assertEqual(database, each);
                }
            }
        }
    }

    private static void writeUntilStopped(Writers writers, Database database, String write, Random keys) {
        while (!writers.areStopping()) {
            try {
                database.execute(write.formatted(1 + keys.nextInt(ROWS)));
            } catch (SqlFailure e) {
                assertThat(e.state()).as(e.getMessage()).isIn("40P01", "55P03", "55006", "42704", "40001");
            }
        }
    }

    /** Moves a shard, and those beside it, to the other node. */
    private static void move(Database database, String table, String mode, Random random) {
        List<String> shards = database.rows("SELECT shardid, nodeport FROM citus_shards WHERE table_name = '" + table
                + "'::regclass ORDER BY shardid");
        String[] shard = shards.get(random.nextInt(shards.size())).split("\\|");
        // The last two: the workers, or the coordinator and its only worker.
        List<Server> nodes = database.cluster().servers().reversed();
        Server target = nodes.get(Integer.parseInt(shard[1]) == nodes.get(0).port() ? 1 : 0);
        Operation.perform(database, "SELECT citus_move_shard_placement(%s, '%s', %s, '%s', %d, '%s')".formatted(shard[0],
                Server.HOST, shard[1], Server.HOST, target.port(), mode));
        assertThat(database.rows("SELECT nodeport FROM citus_shards WHERE shardid = " + shard[0]))
                .containsExactly(Integer.toString(target.port()));
    }
}
