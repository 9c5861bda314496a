package io.freshet.it.atomic;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Money is moved between shards, and between a distributed and a reference table, while stream tables follow: no epoch ever shows a sum that
 * differs. The stream tables lie on the coordinator, so that what reads them sees one epoch; {@code -Dfreshet.seed} repeats a load.
 */
class AtomicCutIT {
    private static final int WRITERS = 4;
    private static final int EPOCHS = Integer.getInteger("freshet.atomicEpochs", 60);
    private static final int TORN_CUTS = 10;
    private static final String STATE = """
                                        SELECT (SELECT epoch FROM pgtrickle.pgt_anchor_local), (SELECT sum(total) FROM by_branch),
                                            (SELECT total FROM in_branches), (SELECT total FROM in_vault),
                                            (SELECT least FROM on_workers), (SELECT most FROM on_workers),
                                            (SELECT from_epoch FROM pgtrickle.pgt_stream_tables WHERE table_name = 'on_workers')
                                        """;

    /** What one epoch shows. */
    private record State(long epoch, long byBranch, long inBranches, long inVault, long leastOnWorkers, long mostOnWorkers,
            long epochOnWorkers) {
        static State read(Database database) {
            List<Long> values = java.util.Arrays.stream(database.value(STATE).split("\\|")).map(Long::parseLong).toList();
            return new State(values.get(0), values.get(1), values.get(2), values.get(3), values.get(4), values.get(5),
                    values.get(6));
        }

        /** Whether the copies of the vault are shown as of the same epoch as the rest. */
        boolean isWholeOnWorkers() {
            return epochOnWorkers == epoch;
        }

        void assertWhole() {
            assertThat(inBranches + inVault).as("%s", this).isEqualTo(Transfers.SUM);
            assertThat(byBranch).as("%s", this).isEqualTo(inBranches);
            assertThat(leastOnWorkers).as("copies of the vault: %s", this).isEqualTo(mostOnWorkers);
            if (isWholeOnWorkers()) {
                assertThat(leastOnWorkers).as("copies of the vault: %s", this).isEqualTo(inVault);
            }
        }
    }

    private static void createStreamTables(StreamTables streamTables) {
        streamTables.create("by_branch", "SELECT branch, sum(amount) AS total FROM accounts GROUP BY branch");
        streamTables.create("in_branches", "SELECT sum(amount) AS total FROM accounts");
        streamTables.create("in_vault", "SELECT sum(amount) AS total FROM vault");
        // Evaluated on the workers, by their copies of the vault; while it is refreshed in full, not by every epoch.
        streamTables.create("on_workers",
                "SELECT min(v.amount) AS least, max(v.amount) AS most FROM accounts a JOIN vault v ON v.id = a.vault");
    }

    private static long tornCuts(Database database) {
        return Long.parseLong(database.value("SELECT coalesce(sum(torn_cuts), 0) FROM pgtrickle.pgt_epochs"));
    }

    @Test
    void noEpochShowsATransactionInPart() {
        CitusCluster cluster = Clusters.citus();
        try (Database database = cluster.createDatabase("atomic")) {
            run(database, cluster, EPOCHS, TORN_CUTS);
        }
    }

    @Test
    void noEpochShowsATransactionInPartWhenWorkersArePolled() {
        CitusCluster cluster = Clusters.citus();
        try (Database database = cluster.createDatabase("atomic")) {
            database.captureBy("polling");
            run(database, cluster, EPOCHS / 2, TORN_CUTS / 2);
        }
    }

    private static void run(Database database, CitusCluster cluster, int enough, int torn) {
        long seed = Long.getLong("freshet.seed", ThreadLocalRandom.current().nextLong(1_000_000));
        Transfers.createTables(database);
        try (Transfers transfers = Transfers.start(database, cluster, WRITERS, seed);
                DaemonProcess daemon = DaemonProcess.start(database)) {
            StreamTables streamTables = new StreamTables(database);
            createStreamTables(streamTables);
            Set<Long> epochs = new HashSet<>();
            Set<Long> withCopies = new HashSet<>();
            Await.until(enough + " epochs with " + torn + " torn cuts", () -> {
                State state = State.read(database);
                state.assertWhole();
                epochs.add(state.epoch());
                if (state.isWholeOnWorkers()) {
                    withCopies.add(state.epoch());
                }
                return epochs.size() >= enough && tornCuts(database) >= torn;
            });
            transfers.stop();
            assertThat(withCopies).as("epochs that show the copies of the vault, too").isNotEmpty();
            System.out
                    .println("atomic cuts: " + epochs.size() + " epochs looked at, " + transfers.committed() + " transfers, "
                            + database.value("""
                                             SELECT count(*) || ' epochs, ' || sum(torn_cuts) || ' torn cuts, in '
                                                 || count(*) FILTER (WHERE torn_cuts > 0) || ' epochs, fenced '
                                                 || count(*) FILTER (WHERE torn_cuts >= 3) || ', median '
                                                 || percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms)
                                                 || ' ms' FROM pgtrickle.pgt_epochs WHERE changes > 0
                                             """));
            for (String streamTable : List.of("by_branch", "in_branches", "in_vault", "on_workers")) {
                assertThat(streamTables.verify(streamTable).differingRows()).as(streamTable).isZero();
            }
            assertThat(streamTables.errors()).isEmpty();
            assertThat(daemon.log()).as("a torn cut is no failure").doesNotContain("it is tried again");
        }
    }
}
