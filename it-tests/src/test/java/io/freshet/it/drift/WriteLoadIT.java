package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The load itself: every query of the drift tests finds rows, and transactions of every outcome happen. */
class WriteLoadIT {
    private static final int TRANSACTIONS = 600;

    static Stream<Named<Supplier<? extends Cluster>>> clusters() {
        return Stream.of(Named.of("PostgreSQL", Clusters::postgres), Named.of("Citus", Clusters::citus));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void writersFillEveryQuery(Supplier<? extends Cluster> cluster) {
        try (Database database = cluster.get().createDatabase("load")) {
            SourceTables tables = SourceTables.of(database.cluster());
            tables.create(database);
            WriteLoad.Totals totals;
            try (WriteLoad load = WriteLoad.start(database, 4, 42)) {
                Await.until("the load has committed", () -> load.totals().committed() >= TRANSACTIONS);
                totals = load.stop();
            }
            assertThat(totals.rolledBack()).isPositive();
            assertThat(totals.rows()).isGreaterThan(TRANSACTIONS);
            assertThat(StreamTableCases.of(tables))
                    .allSatisfy(
                            streamTable -> assertThat(database.rowsOfAnyJoin(streamTable.query())).as(streamTable.name())
                                    .isNotEmpty());
        }
    }
}
