package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.PostgresCluster;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.StreamTables;
import io.freshet.it.daemon.StreamTables.Verification;
import io.freshet.it.daemon.Together;
import io.freshet.ivm.RefreshMode;
import io.freshet.planner.print.Quoting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Stream tables of every kind over tables under load, on one database. */
final class Scenario {
    static final int WRITERS = 4;
    private static final int WRITERS_OF_FEW = 2;
    private static final int WARM_UP = 200;

    private final Database database;
    private final StreamTables streamTables;
    private final List<StreamTableCase> cases;
    private final SourceTables sources;
    private final int writers;

    Scenario(Database database) {
        this(database, StreamTableCases.of(SourceTables.of(database.cluster())), WRITERS);
    }

    private Scenario(Database database, List<StreamTableCase> cases, int writers) {
        this.database = database;
        this.streamTables = new StreamTables(database);
        this.sources = SourceTables.of(database.cluster());
        this.cases = cases;
        this.writers = writers;
    }

    /** A few stream tables on Citus, and fewer writers. */
    static Scenario ofFew(Database database) {
        return new Scenario(database, StreamTableCases.few(), WRITERS_OF_FEW);
    }

    /** The same; daemons that start from now on capture the workers' changes through the coordinator. */
    static Scenario polled(Database database) {
        database.captureBy("polling");
        return ofFew(database);
    }

    /** Which nodes are read how, in the order of their groups. */
    void assertCapture(String... ways) {
        Await.until("the nodes' states say how they are read", () -> database
                .rows("SELECT capture FROM pgtrickle.pgt_node_states WHERE is_read ORDER BY group_id").equals(List.of(ways)));
    }

    StreamTables streamTables() {
        return streamTables;
    }

    /** {@code -Dfreshet.seed}, else a new one; printed by the load. */
    static long seed() {
        return Long.getLong("freshet.seed", ThreadLocalRandom.current().nextLong(1_000_000));
    }

    /** Creates the sources and starts writing to them; returns when there are rows. */
    WriteLoad startLoad() {
        return startLoad(seed());
    }

    WriteLoad startLoad(long seed) {
        sources.create(database);
        WriteLoad load = WriteLoad.start(database, writers, seed);
        Await.until("the load has committed", () -> load.totals().committed() >= WARM_UP);
        return load;
    }

    /** Creates the stream tables while the load goes on; asked for at once, they are filled by few epochs. */
    void createStreamTables() {
        Together.forEach(cases, this::create);
        if (database.value("SELECT current_setting('pg_trickle.capture', true)").equals("polling")) {
            List<String> ways = new ArrayList<>(Collections.nCopies(database.cluster().servers().size(), "polling"));
            ways.set(0, "streaming");
            assertCapture(ways.toArray(String[]::new));
        }
    }

    private void create(StreamTableCase streamTable) {
        streamTables.create(streamTable.name(), streamTable.query(), streamTable.distributionColumn()
                .map(column -> new String[]{"output_distribution_column => '" + column + "'"}).orElse(new String[0]));
        assertThat(streamTables.mode(streamTable.name())).as(streamTable.name()).startsWith(streamTable.mode().name());
    }

    void dropStreamTables() {
        cases.forEach(streamTable -> streamTables.drop(streamTable.name()));
    }

    /** Each stream table equals its query at the cut of an epoch; asked at once, they share one. Writers may write. */
    void verifyAll() {
        Together.forEach(cases, this::verify);
    }

    /** One of them does, chosen at random. Writers may write. */
    void verifyOne(Random random) {
        verify(cases.get(random.nextInt(cases.size())));
    }

    private void verify(StreamTableCase streamTable) {
        Verification found = streamTables.verify(streamTable.name());
        assertThat(found.differingRows()).as("%s at epoch %d", streamTable.name(), found.epoch()).isZero();
    }

    /** Each stream table equals a recompute of the test's own, on Citus also one by a plain PostgreSQL. Nobody writes. */
    void compareAll() {
        cases.forEach(streamTable -> streamTables.refresh(streamTable.name()));
        cases.forEach(streamTable -> Recompute.assertEqual(database, streamTable));
        switch (database.cluster()) {
            case PostgresCluster plain -> {
            }
            case CitusCluster citus -> {
                try (Database elsewhere = Clusters.postgres().createDatabase("oracle")) {
                    sources.createWithoutDistribution(elsewhere);
                    Recompute.copySources(database, elsewhere);
                    cases.forEach(streamTable -> Recompute.assertEqual(database, streamTable, elsewhere));
                }
            }
        }
        assertThat(streamTables.errors()).isEmpty();
    }

    /** Each stream table that is maintained by increments was filled when it was created, and never since. */
    void assertFilledOnce() {
        assertFilledOnce(cases);
    }

    /** The same of those that do not read a source which was emptied, split or rewritten. */
    void assertFilledOnceUnlessOver(String source) {
        assertFilledOnce(cases.stream().filter(streamTable -> !streamTable.query().contains(source)).toList());
    }

    private void assertFilledOnce(List<StreamTableCase> some) {
        List<String> maintained = some.stream().filter(streamTable -> streamTable.mode() == RefreshMode.DIFFERENTIAL)
                .map(StreamTableCase::name).toList();
        assertThat(maintained).isNotEmpty();
        assertThat(database.rows("SELECT table_name, full_refreshes, rebuild_reason FROM pgtrickle.pgt_stream_tables"
                + " WHERE table_name IN (" + maintained.stream().map(Quoting::literal).collect(Collectors.joining(", ")) + ")"))
                .containsExactlyInAnyOrderElementsOf(maintained.stream().map(name -> name + "|1|null").toList());
    }

    /** The oracle itself can fail: a row that is taken away is missed, by the daemon's check and by the recompute. */
    void missARow() {
        StreamTableCase victim = cases.getFirst();
        assertThat(Long.parseLong(database.value("SELECT count(*) FROM " + victim.name()))).isPositive();
        database.execute("DELETE FROM %1$s WHERE ctid = (SELECT min(ctid) FROM %1$s)".formatted(victim.name()));
        assertThat(streamTables.verify(victim.name()).differingRows()).isPositive();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Recompute.assertEqual(database, victim))
                .isInstanceOf(AssertionError.class);
    }
}
