package io.freshet.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.topology.ConnectionUrl;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import io.freshet.runtime.topology.Topology;
import io.freshet.runtime.topology.WorkerAccess;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A worker is asked the same, and answers the same, directly and by way of the coordinator. */
class CoordinatorSessionIT {
    private static CitusCluster cluster;
    private static Database database;
    private static Connections direct;
    private static Connections indirect;
    private static Node worker;

    @BeforeAll
    static void join() {
        cluster = Clusters.citus();
        database = cluster.createDatabase("session");
        direct = new Connections(ConnectionUrl.parse(database.libpqUrl()));
        indirect = direct.withWorkers(WorkerAccess.THROUGH_COORDINATOR);
        worker = Topology.discover(indirect).nodes().getLast();
    }

    @AfterAll
    static void leave() {
        if (database != null) {
            database.close();
        }
    }

    @Test
    void bothWaysGiveTheSameTopology() {
        assertThat(Topology.discover(indirect)).isEqualTo(Topology.discover(direct));
    }

    @Test
    void aReachableWorkerIsReachedDirectly() throws SQLException {
        assertThat(WorkerAccess.choose(indirect).access()).isEqualTo(WorkerAccess.DIRECT);
    }

    @Test
    void bothWaysGiveTheSameRows() throws SQLException {
        String query = "SELECT n, n, n > 1, NULLIF(?, n::text), ?::bigint + n FROM generate_series(1, 3) n ORDER BY n DESC";
        try (NodeSession one = direct.session(worker); NodeSession other = indirect.session(worker)) {
            for (NodeSession session : List.of(one, other)) {
                assertThat(session.rows(query, "2", 10L)).satisfiesExactly(
                        row -> {
                            assertThat(row.integer(1)).isEqualTo(3);
                            assertThat(row.number(2)).isEqualTo(3);
                            assertThat(row.flag(3)).isTrue();
                            assertThat(row.text(4)).isEqualTo("2");
                        },
                        row -> assertThat(row.optional(4)).isEmpty(),
                        row -> {
                            assertThat(row.flag(3)).isFalse();
                            assertThat(row.number(5)).isEqualTo(11);
                        });
                assertThat(session.rows("SELECT 1 WHERE false")).isEmpty();
                assertThat(session.one("SELECT ?", "it's \\ \"?\" \n \u00e4").text(1)).isEqualTo("it's \\ \"?\" \n \u00e4");
            }
        }
    }

    @Test
    void errorsOfTheWorkerAreToldWithItsName() throws SQLException {
        try (NodeSession session = indirect.session(worker)) {
            assertThatThrownBy(() -> session.rows("SELECT 1 / ?", 0)).isInstanceOf(SQLException.class)
                    .hasMessageContaining("division by zero").hasMessageContaining(worker.toString());
        }
        try (NodeSession session = indirect.session(new Node(9, worker.host(), 1))) {
            assertThatThrownBy(() -> session.rows("SELECT 1")).isInstanceOfSatisfying(SQLException.class,
                    e -> assertThat(e.getSQLState()).startsWith("08"));
        }
    }

    @Test
    void aSlotIsMadeReadAndDropped() throws SQLException {
        try (NodeSession session = indirect.session(worker); NodeSession check = direct.session(worker)) {
            Slots.requireSettings(session, worker);
            Slots.create(session, worker, "by_way");
            assertThat(Slots.require(session, worker, "by_way")).isEqualTo(Slots.require(check, worker, "by_way"));
            assertThat(Slots.require(session, worker, "by_way").twoPhase()).isTrue();
            Slots.drop(session, "by_way");
            Slots.drop(session, "by_way");
            assertThatThrownBy(() -> Slots.require(session, worker, "by_way")).isInstanceOfSatisfying(FreshetException.class,
                    e -> assertThat(e.code()).isEqualTo(ErrorCode.SLOT_LOST));
        }
    }

    @Test
    void tellsThatTheRoleMayNotReplicate() throws SQLException {
        database.execute("CREATE ROLE humble LOGIN");
        try {
            Connections humble = new Connections(ConnectionUrl.parse(database.libpqUrl().replace("//postgres@", "//humble@")))
                    .withWorkers(WorkerAccess.THROUGH_COORDINATOR);
            try (NodeSession session = humble.session(worker)) {
                assertThatThrownBy(() -> Slots.create(session, worker, "humble")).isInstanceOfSatisfying(FreshetException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
                            assertThat(e.hint()).contains("ALTER ROLE humble REPLICATION;");
                        });
            }
        } finally {
            database.execute("DROP ROLE humble");
        }
    }
}
