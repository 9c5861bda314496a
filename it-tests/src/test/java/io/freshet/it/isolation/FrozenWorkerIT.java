package io.freshet.it.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A worker whose processes do not run, and whose connections are open all the same: nothing breaks, and nothing answers. */
class FrozenWorkerIT {

    @Test
    void aWorkerThatFallsSilentIsSetAside() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("frozen")) {
            Parts parts = new Parts(database);
            StreamTables streamTables = parts.streamTables();
            for (String source : Parts.SOURCES) {
                database.execute("INSERT INTO " + source + " SELECT g, g % 7, g FROM generate_series(1, 200) g");
            }
            try (DaemonProcess daemon = DaemonProcess.start(database)) {
                parts.createStreamTables();
                parts.compareAll();
                // Nobody writes: no epoch is under way that would hang on the worker with its locks, as any statement would that needs it.
                parts.two().freeze();
                try {
                    Await.until("those wait that need the second worker",
                            () -> parts.withStatus("WAITING").size() == Parts.withTwo().size());
                    assertThat(parts.withStatus("WAITING")).containsExactlyInAnyOrderElementsOf(Parts.withTwo());
                    for (String source : List.of("first", "here")) {
                        long epoch = streamTables.epoch();
                        database.execute(
                                "UPDATE " + source + " SET v = v + 1 WHERE id % 2 = 0; DELETE FROM " + source + " WHERE id < 20");
                        parts.verify(Parts.withoutTwo());
                        assertThat(streamTables.epoch()).isGreaterThan(epoch);
                    }
                    assertThatThrownBy(() -> streamTables.refresh("wide_sum")).hasMessageContaining("FR306")
                            .hasMessageContaining("does not answer");
                } finally {
                    parts.two().thaw();
                }
                parts.awaitAllActive();
                database.execute("UPDATE wide SET v = v + 1 WHERE id % 2 = 0");
                parts.compareAll();
                parts.verify(Parts.all());
                assertThat(parts.rebuilt("-infinity")).isEmpty();
            }
        }
    }

    /**
     * An epoch that is under way waits for the worker, and so may its session, with its locks, until the server goes on: PostgreSQL's cancel request
     * has no limit. Nothing is lost by it.
     */
    @Test
    void anEpochThatWaitsForAFrozenWorkerIsGivenUp() {
        try (Cluster cluster = Clusters.ownCitus(2, Map.of()); Database database = cluster.createDatabase("hanging")) {
            Parts parts = new Parts(database);
            try (PartWriters writers = PartWriters.start(database); DaemonProcess daemon = DaemonProcess.start(database)) {
                parts.createStreamTables();
                parts.verify(Parts.all());
                parts.two().freeze();
                try {
                    Await.until("the epoch is given up", () -> daemon.log().contains("the epoch that is under way is given up"));
                } finally {
                    parts.two().thaw();
                }
                parts.awaitAllActive();
                for (String source : Parts.SOURCES) {
                    writers.awaitMore(source, 20);
                }
                parts.verify(Parts.all());
                writers.stop();
                parts.compareAll();
                assertThat(parts.rebuilt("-infinity")).isEmpty();
            }
        }
    }
}
