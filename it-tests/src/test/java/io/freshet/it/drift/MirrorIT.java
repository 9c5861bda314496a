package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life of a mirror: made with the first stream table that needs it, filled once, kept, filled again, dropped with the last. */
class MirrorIT {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::citus);

    private static final String JOIN = "SELECT f.k, f.v, d.name FROM facts f JOIN dims d ON d.id = f.d";
    private static final String GROUPS = "SELECT d.name, sum(f.v) AS total FROM facts f JOIN dims d ON d.id = f.d GROUP BY d.name";
    private static final String WITH_LOCAL = "SELECT f.k, f.v, p.name FROM facts f JOIN plain p ON p.id = f.d";

    private final Database database = DATABASE.get();
    private final StreamTables streamTables = new StreamTables(database);

    private void createSources() {
        database.execute("""
                         CREATE TABLE facts (k int PRIMARY KEY, d int, v int);
                         CREATE TABLE dims (id int PRIMARY KEY, name text, doubled int GENERATED ALWAYS AS (id * 2) STORED);
                         CREATE TABLE plain (id int PRIMARY KEY, name text);
                         SELECT create_distributed_table('facts', 'k');
                         SELECT create_reference_table('dims');
                         ALTER TABLE facts REPLICA IDENTITY FULL;
                         ALTER TABLE dims REPLICA IDENTITY FULL;
                         ALTER TABLE plain REPLICA IDENTITY FULL;
                         INSERT INTO facts SELECT i, i % 5, i FROM generate_series(1, 100) i;
                         INSERT INTO dims SELECT i, 'name ' || i % 3 FROM generate_series(0, 4) i;
                         INSERT INTO plain SELECT i, 'plain ' || i FROM generate_series(0, 4) i;
                         """);
    }

    private void assertRight(String... names) {
        for (String name : names) {
            assertThat(streamTables.verify(name).differingRows()).as(name).isZero();
        }
    }

    private String mirrors() {
        return database.value("SELECT count(*) FROM pg_class WHERE relname LIKE '%mirror' AND relkind = 'r'");
    }

    private static int fillings(DaemonProcess daemon) {
        return daemon.log().split("the mirror of public.dims is filled", -1).length - 1;
    }

    private void dropSources() {
        database.execute("DROP TABLE facts, dims, plain");
    }

    @Test
    void isFilledOnceSharedAndDroppedWithItsLastReader() {
        createSources();
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            int filledBefore = fillings(daemon);
            // Its change table is on the coordinator until a stream table needs it elsewhere.
            streamTables.create("dims_alone", "SELECT id, name, doubled FROM dims");
            database.execute("UPDATE dims SET name = 'changed' WHERE id = 0");
            streamTables.create("joined", JOIN, "output_distribution_column => 'k'");
            streamTables.create("grouped", GROUPS, "schedule => '1h'");
            streamTables.create("local_joined", WITH_LOCAL);
            for (String name : new String[]{"joined", "grouped", "local_joined"}) {
                assertThat(streamTables.mode(name)).isEqualTo("DIFFERENTIAL");
            }
            assertThat(mirrors()).isEqualTo("2");
            assertThat(fillings(daemon) - filledBefore).isEqualTo(1);

            database.execute("UPDATE dims SET name = 'again' WHERE id IN (0, 3); DELETE FROM dims WHERE id = 1");
            database.execute("UPDATE facts SET d = 3 WHERE k < 20; INSERT INTO dims (id, name) VALUES (1, 'back'), (7, 'new')");
            database.execute("UPDATE plain SET id = id + 1 WHERE id = 4; DELETE FROM plain WHERE id = 0");
            assertRight("joined", "local_joined", "dims_alone");
            // Its own epoch is old: the mirror is newer than that, as a live table would be.
            assertRight("grouped");
            assertThat(database.value("SELECT count(*) FROM joined WHERE name = 'again'"))
                    .isEqualTo(database.value("SELECT count(*) FROM facts WHERE d IN (0, 3)"));
            assertThat(fillings(daemon) - filledBefore).isEqualTo(1);

            streamTables.drop("joined");
            assertThat(mirrors()).isEqualTo("2");
            database.execute("DELETE FROM dims WHERE id = 7");
            assertRight("grouped");
            streamTables.drop("grouped");
            assertThat(mirrors()).isEqualTo("1");
            database.execute("INSERT INTO dims (id, name) VALUES (9, 'alone')");
            assertRight("dims_alone");
            streamTables.drop("local_joined");
            streamTables.drop("dims_alone");
            assertThat(mirrors()).isEqualTo("0");
            assertThat(database.value("SELECT count(*) FROM pgtrickle.pgt_mirrors")).isEqualTo("0");
        }
        dropSources();
    }

    @Test
    void isFilledAgainAfterTruncateAndAfterALostSlot() {
        createSources();
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("joined", JOIN);
            streamTables.create("grouped", GROUPS, "schedule => '1h'");
            database.execute("BEGIN; TRUNCATE dims; INSERT INTO dims (id, name) VALUES (2, 'two'); COMMIT");
            database.execute("INSERT INTO dims (id, name) VALUES (3, 'three')");
            assertRight("joined", "grouped");
            assertThat(database.rows("SELECT DISTINCT name FROM joined ORDER BY 1")).containsExactly("three", "two");
        }
        database.rows("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()");
        database.execute("UPDATE dims SET name = 'unseen' WHERE id = 3; DELETE FROM dims WHERE id = 2");
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            Await.until("joined is filled again",
                    () -> database.rows("SELECT DISTINCT name FROM joined").toString().equals("[unseen]"));
            database.execute("INSERT INTO dims (id, name) VALUES (4, 'four')");
            assertRight("joined", "grouped");
            streamTables.drop("joined");
            streamTables.drop("grouped");
        }
        dropSources();
    }

    /** Each node tells its own part, and what one node has made the other takes away again: together they bring a key twice. */
    @Test
    void followsASchemaThatMovesBetweenTwoUpdates() {
        createSources();
        database.execute("""
                         CREATE SCHEMA tenant;
                         SELECT citus_schema_distribute('tenant');
                         CREATE TABLE tenant.dims (id int PRIMARY KEY, name text);
                         ALTER TABLE tenant.dims REPLICA IDENTITY FULL;
                         INSERT INTO tenant.dims SELECT i, 'old' FROM generate_series(0, 4) i;
                         """);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("of_tenant", "SELECT f.k, d.name FROM facts f JOIN tenant.dims d ON d.id = f.d");
            assertThat(streamTables.mode("of_tenant")).isEqualTo("DIFFERENTIAL");
            daemon.kill();
        }
        database.execute("UPDATE tenant.dims SET name = 'between'");
        String port = database.value("SELECT nodeport FROM citus_shards WHERE table_name = 'tenant.dims'::regclass");
        int target = database.cluster().workers().stream().map(Server::port).filter(p -> p != Integer.parseInt(port)).findFirst()
                .orElseThrow();
        database.rows("SELECT citus_schema_move('tenant', '%s', %d, 'block_writes')".formatted(Server.HOST, target));
        database.execute("UPDATE tenant.dims SET name = 'new'; DELETE FROM tenant.dims WHERE id = 1");
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            assertRight("of_tenant");
            assertThat(database.rows("SELECT DISTINCT name FROM of_tenant")).containsExactly("new");
            streamTables.drop("of_tenant");
        }
        database.execute("DROP SCHEMA tenant CASCADE");
        dropSources();
    }

    @Test
    void isMadeAnewForOtherColumns() {
        createSources();
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("joined", JOIN);
            database.execute("ALTER TABLE dims ADD COLUMN extra int; UPDATE dims SET extra = id");
            assertRight("joined");
            streamTables.create("with_extra", "SELECT f.k, d.extra FROM facts f JOIN dims d ON d.id = f.d");
            database.execute("UPDATE dims SET extra = 7 WHERE id = 2");
            assertRight("joined", "with_extra");
            assertThat(database.value("SELECT count(*) FROM with_extra WHERE extra = 7"))
                    .isEqualTo(database.value("SELECT count(*) FROM facts WHERE d = 2"));
            database.execute("ALTER TABLE dims ALTER COLUMN name TYPE varchar(4) USING left(name, 4); UPDATE dims SET extra = 0");
            assertThatThrownBy(() -> streamTables.refresh("joined")).hasMessageContaining("dims");
            assertThatThrownBy(() -> streamTables.verify("joined")).hasMessageContaining("create it again");
            streamTables.drop("joined");
            streamTables.create("joined", JOIN);
            database.execute("UPDATE dims SET name = 'abcd' WHERE id = 2");
            assertRight("joined", "with_extra");
            streamTables.drop("joined");
            streamTables.drop("with_extra");
        }
        dropSources();
    }

    @Test
    void aWrongMirrorIsFoundAndFilledAgain() {
        createSources();
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            streamTables.create("joined", JOIN);
            String mirror = database.value("SELECT 'pgtrickle_state.' || relname FROM pg_class WHERE relname LIKE 'dims%mirror'");
            database.execute("DELETE FROM " + mirror + " WHERE id = 2");
            assertThat(streamTables.verify("joined").differingRows()).isPositive();
            database.execute("UPDATE dims SET name = 'found' WHERE id = 2");
            assertRight("joined");
            streamTables.drop("joined");
        }
        dropSources();
    }
}
