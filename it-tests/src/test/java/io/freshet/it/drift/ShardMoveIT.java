package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.DaemonProcess;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Shards that move between workers under load. */
class ShardMoveIT {
    private static final int MOVES = 8;

    @Test
    void nothingIsLostOrDoubledByMoves() {
        try (Database database = Clusters.citus().createDatabase("moves")) {
            Scenario scenario = new Scenario(database);
            try (WriteLoad load = scenario.startLoad(); DaemonProcess daemon = DaemonProcess.start(database)) {
                scenario.createStreamTables();
                Random random = new Random(Scenario.seed());
                int moved = 0;
                for (int i = 0; i < MOVES; i++) {
                    moved += move(database, i % 2 == 0 ? "orders" : "log_lines", i % 4 < 2 ? "block_writes" : "force_logical");
                    scenario.verifyOne(random);
                }
                assertThat(moved).isPositive();
                scenario.verifyAll();
                load.stop();
                scenario.compareAll();
            }
        }
    }

    /** Moves one shard group to the other worker; 0 when a concurrent writer was in the way. */
    private static int move(Database database, String table, String mode) {
        String[] shard = database.rows("SELECT shardid, nodeport FROM citus_shards WHERE table_name = '" + table
                + "'::regclass ORDER BY random() LIMIT 1").getFirst().split("\\|");
        List<Server> workers = database.cluster().workers();
        Server target = workers.get(Integer.parseInt(shard[1]) == workers.get(0).port() ? 1 : 0);
        try {
            database.execute("SELECT citus_move_shard_placement(%s, '%s', %s, '%s', %d, '%s')".formatted(shard[0], Server.HOST,
                    shard[1], Server.HOST, target.port(), mode));
            return 1;
        } catch (SqlFailure e) {
            assertThat(e.state()).as(e.getMessage()).isIn("40P01", "55P03", "55006", "42704");
            return 0;
        }
    }
}
