package io.freshet.it.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.it.cluster.CitusCluster;
import io.freshet.it.cluster.Cluster;
import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Sources that are altered, while the daemon runs and while it does not. Each test has a table of its own; whatever happens to it, another stream table goes
 * on.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SourceDdl {
    private static final String GROUPED = "SELECT b, count(*) AS n, sum(k) AS s FROM t GROUP BY b";

    private final Cluster cluster;
    private final Database database;
    private final StreamTables streamTables;
    private DaemonProcess daemon;

    SourceDdl(Cluster cluster) {
        this.cluster = cluster;
        this.database = cluster.createDatabase("ddl");
        this.streamTables = new StreamTables(database);
        this.daemon = DaemonProcess.start(database);
    }

    @BeforeAll
    void createBystander() {
        database.execute("CREATE TABLE quiet (k int PRIMARY KEY, b int); ALTER TABLE quiet REPLICA IDENTITY FULL");
        distribute("quiet");
        streamTables.create("bystander", "SELECT b, count(*) AS n FROM quiet GROUP BY b");
    }

    @AfterAll
    void close() {
        daemon.close();
        database.close();
    }

    private void createSource() {
        createSource("t");
    }

    private void createSource(String name) {
        database.execute("CREATE TABLE " + name + " (k int PRIMARY KEY, b int, c text)");
        distribute(name);
        database.execute("ALTER TABLE " + name + " REPLICA IDENTITY FULL; INSERT INTO " + name
                + " SELECT i, i % 3, 'x' FROM generate_series(1, 30) i");
    }

    private void distribute(String table) {
        if (cluster instanceof CitusCluster) {
            database.execute("SELECT create_distributed_table('" + table + "', 'k')");
        }
    }

    private void createStreamTable(String query) {
        streamTables.create("st", query);
    }

    /** Another stream table goes on, and everything of the test goes when its stream table is dropped. */
    @AfterEach
    void cleanUp() {
        database.execute("INSERT INTO quiet SELECT coalesce(max(k), 0) + 1, 1 FROM quiet");
        assertThat(streamTables.verify("bystander").differingRows()).isZero();
        database.rows("SELECT name FROM pgtrickle.pgt_status() WHERE name IN ('public.st', 'public.st2')")
                .forEach(name -> streamTables.drop(name.substring("public.".length())));
        database.execute(
                "DROP VIEW IF EXISTS v; DROP TABLE IF EXISTS t, t2, t3 CASCADE; DROP SCHEMA IF EXISTS elsewhere CASCADE;"
                        + " DROP TYPE IF EXISTS mood");
        assertThat(database.rows("SELECT source_table FROM pgtrickle.pgt_sources")).containsExactly("quiet");
        assertThat(database
                .value("SELECT count(*) FROM pg_class WHERE relnamespace = 'pgtrickle_changes'::regnamespace AND relkind = 'r'"))
                .isEqualTo("1");
        assertThat(database.rows("SELECT tablename FROM pg_publication_tables")).containsExactly("quiet");
    }

    private void awaitStopped(String reason) {
        String state = "SELECT status, coalesce(last_error, '') FROM pgtrickle.pgt_status() WHERE name = 'public.st'";
        await("st stops: " + reason, () -> database.value(state).startsWith("FAILING|") && database.value(state).contains(reason),
                state);
        assertThat(database.rows("SELECT detail FROM pgtrickle.health_check() WHERE severity = 'ERROR'"))
                .anyMatch(detail -> detail.startsWith("public.st fails") && detail.contains(reason));
    }

    private void awaitRight(String name, String query) {
        String state = "SELECT status, coalesce(last_error, '') FROM pgtrickle.pgt_status() WHERE name = 'public." + name + "'";
        await(name + " is well", () -> database.value(state).equals("ACTIVE|"), state);
        assertThat(streamTables.verify(name).differingRows()).isZero();
        String columns = String.join(", ", database.rows("SELECT attname FROM pg_attribute WHERE attrelid = '" + name
                + "'::regclass AND attnum > 0 AND attname NOT LIKE '\\_\\_pgt%' ORDER BY attnum"));
        assertThat(database.rows("SELECT " + columns + " FROM " + name))
                .containsExactlyInAnyOrderElementsOf(database.rows(query));
    }

    /** Without a request that would make an epoch: the daemon has to find out by itself. */
    private void awaitContent(String name, String query) {
        String state = "SELECT status, coalesce(last_error, '') FROM pgtrickle.pgt_status() WHERE name = 'public." + name + "'";
        await(name + " has its query's rows", () -> sorted(database.rows("TABLE " + name)).equals(sorted(database.rows(query))),
                state);
        awaitRight(name, query);
    }

    private static List<String> sorted(List<String> rows) {
        return rows.stream().sorted().toList();
    }

    private void await(String what, java.util.function.BooleanSupplier condition, String evidence) {
        try {
            Await.until(what, condition);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + String.join("\n", database.rows(evidence)), e);
        }
    }

    private void whileNoDaemonRuns(String script) {
        daemon.close();
        database.execute(script);
        daemon = DaemonProcess.start(database);
    }

    @Test
    void anAddedColumnIsIgnoredUntilItIsUsed() {
        createSource();
        createStreamTable(GROUPED);
        String filled = lastFill();
        database.execute("ALTER TABLE t ADD COLUMN d int DEFAULT 7; INSERT INTO t (k, b, d) VALUES (100, 1, 8)");
        database.execute("ALTER TABLE t ADD COLUMN e float8 DEFAULT random(); INSERT INTO t (k, b, d) VALUES (101, 1, 9)");
        awaitContent("st", GROUPED);
        assertThat(lastFill()).isEqualTo(filled);
        String query = "SELECT d, count(*) AS n FROM t GROUP BY d";
        streamTables.create("st2", query);
        database.execute(
                "INSERT INTO t (k, b, d) VALUES (102, 2, 10); UPDATE t SET d = 11 WHERE k = 3; DELETE FROM t WHERE k = 101");
        awaitContent("st2", query);
        awaitRight("st", GROUPED);
        assertThat(streamTables.mode("st2")).startsWith("DIFFERENTIAL");
    }

    /** Which rows were there when the stream table was filled: increments do not write a group anew that they do not touch. */
    private String lastFill() {
        return database.value("SELECT string_agg(xmin::text, ' ' ORDER BY b) FROM st WHERE b::text <> '1'");
    }

    @Test
    void aDroppedColumnThatIsNotUsedDoesNoHarm() {
        assumeTrue(cluster.workers().isEmpty(), "Citus's decoder takes no dropped column: DroppedColumnIT");
        createSource();
        createStreamTable(GROUPED);
        database.execute("ALTER TABLE t DROP COLUMN c; INSERT INTO t VALUES (100, 1)");
        awaitContent("st", GROUPED);
        whileNoDaemonRuns("ALTER TABLE t ADD COLUMN c int; INSERT INTO t VALUES (101, 1, 5)");
        awaitContent("st", GROUPED);
        database.execute("ALTER TABLE t ALTER COLUMN c TYPE text; INSERT INTO t VALUES (102, 1, 'y')");
        awaitContent("st", GROUPED);
    }

    @Test
    void aDroppedColumnThatIsUsedStopsTheStreamTable() {
        assumeTrue(cluster.workers().isEmpty(), "Citus's decoder takes no dropped column: DroppedColumnIT");
        createSource();
        createStreamTable(GROUPED);
        database.execute(
                "BEGIN; INSERT INTO t VALUES (100, 1, 'x'); ALTER TABLE t DROP COLUMN b; INSERT INTO t VALUES (101, 'y'); COMMIT");
        awaitStopped("column b of public.t was dropped");
        assertThatThrownBy(() -> streamTables.refresh("st")).hasMessageContaining("column b of public.t was dropped");
        database.execute("ALTER TABLE t ADD COLUMN b int; INSERT INTO t VALUES (102, 'z', 4)");
        awaitContent("st", GROUPED);
        database.execute("ALTER TABLE t DROP COLUMN b, ADD COLUMN b int DEFAULT 6");
        awaitContent("st", GROUPED);
        database.execute("ALTER TABLE t DROP COLUMN b, ADD COLUMN b text DEFAULT 'x'");
        awaitStopped("would be kept in other tables");
    }

    @Test
    void valuesThatAreRewrittenAreNoticedThoughNoRowFollows() {
        createSource();
        createStreamTable(GROUPED);
        database.execute("ALTER TABLE t ALTER COLUMN b TYPE int USING b + 10");
        awaitContent("st", GROUPED);
        whileNoDaemonRuns("ALTER TABLE t ALTER COLUMN b TYPE int USING b * 2");
        awaitContent("st", GROUPED);
        database.execute("INSERT INTO t VALUES (100, 1, 'x'); ALTER TABLE t ALTER COLUMN b TYPE int USING b + 1;"
                + " ALTER TABLE t ALTER COLUMN b TYPE int USING b * 3; UPDATE t SET b = 7 WHERE k = 5");
        awaitContent("st", GROUPED);
    }

    @Test
    void aRetypedColumnStopsOrIsFilledAgain() {
        createSource();
        createStreamTable("SELECT count(b) AS n, sum(k) AS s FROM t");
        database.execute("ALTER TABLE t ALTER COLUMN b TYPE bigint; INSERT INTO t VALUES (100, 5000000000, 'x')");
        awaitContent("st", "SELECT count(b) AS n, sum(k) AS s FROM t");
        streamTables.drop("st");
        createStreamTable(GROUPED);
        database.execute("ALTER TABLE t ALTER COLUMN b TYPE numeric");
        awaitStopped("column b of public.t was altered: it was bigint, is numeric");
        database.execute("ALTER TABLE t ALTER COLUMN b TYPE bigint");
        awaitContent("st", GROUPED);
    }

    /** Its change table has it all the same. */
    @Test
    void anUnreadColumnThatIsWidenedHoldsUpNobody() {
        createSource();
        database.execute("ALTER TABLE t ADD COLUMN w varchar(3), ADD COLUMN p numeric(5,2)");
        createStreamTable(GROUPED);
        database.execute("INSERT INTO t (k, b, w, p) VALUES (100, 1, 'abc', 1.5)");
        awaitContent("st", GROUPED);
        database.execute("ALTER TABLE t ALTER COLUMN w TYPE varchar(10), ALTER COLUMN p TYPE numeric(10,2)");
        for (int k = 101; k < 104; k++) {
            database.execute("INSERT INTO t (k, b, w, p) VALUES (" + k + ", 1, 'abcdefgh', 12345678.25)");
            awaitContent("st", GROUPED);
        }
        assertThat(streamTables.verify("bystander").differingRows()).isZero();
    }

    @Test
    void aRenamedColumnStopsTheStreamTableUntilItIsRenamedBack() {
        createSource();
        createStreamTable(GROUPED);
        database.execute("ALTER TABLE t RENAME COLUMN b TO bb; INSERT INTO t VALUES (100, 1, 'x')");
        awaitStopped("ALTER TABLE public.t RENAME COLUMN bb TO b;");
        database.execute("ALTER TABLE t RENAME COLUMN bb TO b");
        awaitContent("st", GROUPED);
    }

    /** What was written meanwhile is in the stream under the other name. */
    @Test
    void aColumnThatWasRenamedForAWhileIsReadAgain() {
        createSource();
        createStreamTable(GROUPED);
        database.execute("BEGIN; ALTER TABLE t RENAME COLUMN b TO bb; UPDATE t SET bb = bb + 1;"
                + " ALTER TABLE t RENAME COLUMN bb TO b; INSERT INTO t VALUES (100, 1, 'x'); COMMIT");
        awaitContent("st", GROUPED);
        whileNoDaemonRuns("ALTER TABLE t RENAME COLUMN b TO bb; DELETE FROM t WHERE k = 5; ALTER TABLE t RENAME COLUMN bb TO b;"
                + " INSERT INTO t VALUES (101, 1, 'x')");
        awaitContent("st", GROUPED);
        String exchange = " ALTER TABLE t RENAME b TO x; ALTER TABLE t RENAME d TO b; ALTER TABLE t RENAME x TO d;";
        database.execute("ALTER TABLE t ADD COLUMN d int DEFAULT 50");
        database.execute("BEGIN;" + exchange + " DELETE FROM t WHERE k = 6;" + exchange + " COMMIT");
        awaitContent("st", GROUPED);
    }

    /** The stream does not tell that these are changes of the source. */
    @Test
    void aTableThatWasRenamedForAWhileIsReadAgain() {
        createSource();
        createStreamTable(GROUPED);
        database.execute(
                "BEGIN; ALTER TABLE t RENAME TO t2; INSERT INTO t2 VALUES (100, 1, 'x'); ALTER TABLE t2 RENAME TO t; COMMIT");
        awaitContent("st", GROUPED);
        whileNoDaemonRuns("ALTER TABLE t RENAME TO t2; DELETE FROM t2 WHERE k = 5; ALTER TABLE t2 RENAME TO t");
        awaitContent("st", GROUPED);
        database.execute("CREATE SCHEMA elsewhere; BEGIN; ALTER TABLE t SET SCHEMA elsewhere;"
                + " INSERT INTO elsewhere.t VALUES (101, 1, 'x'); ALTER TABLE elsewhere.t SET SCHEMA public; COMMIT");
        awaitContent("st", GROUPED);
    }

    @Test
    void theRowsOfAChildAreNotLeftOut() {
        assumeTrue(cluster.workers().isEmpty(), "a distributed table has no children");
        createSource();
        createStreamTable(GROUPED);
        database.execute("CREATE TABLE t3 () INHERITS (t); INSERT INTO t3 VALUES (100, 1, 'x')");
        awaitStopped("public.t is a table with inheritance children");
        database.execute("DROP TABLE t3; INSERT INTO t VALUES (101, 1, 'x')");
        awaitContent("st", GROUPED);
        whileNoDaemonRuns("CREATE TABLE t3 (LIKE t); INSERT INTO t3 VALUES (100, 1, 'x'); ALTER TABLE t3 INHERIT t");
        awaitStopped("public.t is a table with inheritance children");
        database.execute("ALTER TABLE t3 NO INHERIT t; INSERT INTO t VALUES (102, 1, 'x')");
        awaitContent("st", GROUPED);
    }

    @Test
    void columnsOfUsersTypesAreNotTakenForAlteredOnes() {
        database.execute("CREATE TYPE mood AS ENUM ('sad', 'glad')");
        createSource();
        database.execute("ALTER TABLE t ADD COLUMN m mood NOT NULL DEFAULT 'sad'");
        String query = "SELECT m, count(*) AS n FROM t GROUP BY m";
        streamTables.create("st", query, "schedule => '1h'");
        assertThat(streamTables.mode("st")).isEqualTo("DIFFERENTIAL");
        database.execute("INSERT INTO t (k, m) VALUES (100, 'glad')");
        assertThat(streamTables.verify("bystander").differingRows()).isZero();
        String another = "SELECT m, sum(k) AS s FROM t GROUP BY m";
        streamTables.create("st2", another);
        database.execute("INSERT INTO t (k, m) VALUES (101, 'glad')");
        awaitContent("st2", another);
        awaitRight("st", query);
    }

    @Test
    void anotherLabelOfAnEnumIsFollowed() {
        database.execute("CREATE TYPE mood AS ENUM ('sad', 'glad')");
        createSource();
        database.execute("ALTER TABLE t ADD COLUMN m mood NOT NULL DEFAULT 'sad'; UPDATE t SET m = 'glad' WHERE k < 12");
        String query = "SELECT m::text AS b, count(*) AS n FROM t GROUP BY m::text";
        createStreamTable(query);
        assertThat(streamTables.mode("st")).isEqualTo("DIFFERENTIAL");
        String ofOne = "SELECT count(*) AS n FROM t WHERE m = 'sad'";
        streamTables.create("st2", ofOne);
        String filled = lastFill();
        database.execute("ALTER TYPE mood ADD VALUE 'zany' BEFORE 'glad'");
        database.execute("INSERT INTO t (k, m) VALUES (100, 'zany')");
        awaitContent("st", query);
        assertThat(lastFill()).startsWith(filled);
        database.execute("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'; ALTER TYPE mood RENAME VALUE 'glad' TO 'sad'");
        awaitContent("st", query);
        awaitContent("st2", ofOne);
        database.execute("DELETE FROM t WHERE k IN (5, 20)");
        awaitContent("st", query);
        awaitContent("st2", ofOne);
        whileNoDaemonRuns(
                "INSERT INTO t (k, m) VALUES (101, 'blue'), (102, 'sad'); ALTER TYPE mood RENAME VALUE 'blue' TO 'low'");
        awaitContent("st", query);
        awaitContent("st2", ofOne);
    }

    @Test
    void aRenamedTableIsNotReplacedByItsNamesake() {
        createSource();
        createStreamTable(GROUPED);
        database.execute("ALTER TABLE t RENAME TO t2; INSERT INTO t2 VALUES (100, 1, 'x')");
        awaitStopped("table public.t has been renamed to public.t2");
        createSource();
        awaitStopped("would read something else");
        database.execute("DROP TABLE t; ALTER TABLE t2 RENAME TO t");
        awaitContent("st", GROUPED);
        database.execute("CREATE SCHEMA elsewhere; ALTER TABLE t SET SCHEMA elsewhere");
        awaitStopped("table public.t has been renamed to elsewhere.t");
        database.execute("ALTER TABLE elsewhere.t SET SCHEMA public");
        awaitContent("st", GROUPED);
    }

    @Test
    void aNamesakeThatTheSearchPathFindsFirstIsNotRead() {
        createSource();
        database.execute("CREATE SCHEMA elsewhere");
        database.execute(
                "SET search_path = elsewhere, public; SELECT pgtrickle.create_stream_table('public.st', '" + GROUPED + "')");
        database.execute("CREATE TABLE elsewhere.t (k int, b int); INSERT INTO elsewhere.t VALUES (1, 1); TRUNCATE t");
        awaitStopped("would read something else now");
        database.execute("DROP TABLE elsewhere.t");
        awaitContent("st", GROUPED);
    }

    @Test
    void aDroppedTableIsToldAndFollowedWhenItIsThereAgain() {
        createSource();
        createStreamTable(GROUPED);
        database.execute("DROP TABLE t");
        awaitStopped("table public.t was dropped");
        createSource();
        database.execute("INSERT INTO t VALUES (100, 9, 'x')");
        awaitContent("st", GROUPED);
        database.execute("UPDATE t SET b = 10 WHERE k = 100");
        awaitContent("st", GROUPED);
        whileNoDaemonRuns("DROP TABLE t");
        awaitStopped("table public.t was dropped");
        createSource();
        awaitContent("st", GROUPED);
        database.execute("DROP TABLE t");
        awaitStopped("table public.t was dropped");
    }

    @Test
    void withoutReplicaIdentityNothingWrongIsWritten() {
        createSource();
        createStreamTable(GROUPED);
        // Each for itself: a script is one transaction, which no epoch sees a part of.
        List<String> before = content();
        database.execute("ALTER TABLE t REPLICA IDENTITY DEFAULT");
        database.execute("UPDATE t SET b = 2 WHERE k = 1");
        database.execute("DELETE FROM t WHERE k = 2");
        awaitStopped("ALTER TABLE public.t REPLICA IDENTITY FULL;");
        assertStopsWith(before);
        database.execute("ALTER TABLE t REPLICA IDENTITY FULL");
        awaitContent("st", GROUPED);

        before = content();
        database.execute("ALTER TABLE t REPLICA IDENTITY NOTHING");
        database.execute("INSERT INTO t VALUES (100, 1)");
        awaitStopped("ALTER TABLE public.t REPLICA IDENTITY FULL;");
        assertStopsWith(before);
        database.execute("ALTER TABLE t REPLICA IDENTITY FULL; UPDATE t SET b = 5 WHERE k = 3");
        awaitContent("st", GROUPED);

        database.execute("ALTER TABLE t REPLICA IDENTITY DEFAULT; UPDATE t SET b = 2 WHERE k = 4; DELETE FROM t WHERE k = 5");
        awaitStopped("ALTER TABLE public.t REPLICA IDENTITY FULL;");
        database.execute("ALTER TABLE t REPLICA IDENTITY FULL");
        awaitContent("st", GROUPED);
    }

    private List<String> content() {
        return sorted(database.rows("TABLE st"));
    }

    /** It is as it was before, also after another row and an epoch that has read it. */
    private void assertStopsWith(List<String> before) {
        assertThat(content()).isEqualTo(before);
        database.execute("INSERT INTO t SELECT max(k) + 1, 0, 'x' FROM t");
        assertThat(streamTables.verify("bystander").differingRows()).isZero();
        assertThat(content()).isEqualTo(before);
        assertThat(database.value("SELECT status FROM pgtrickle.pgt_status() WHERE name = 'public.st'")).isEqualTo("FAILING");
    }

    @Test
    void whatIsTakenOutOfThePublicationIsPutBackAndFilledAgain() {
        createSource();
        createStreamTable(GROUPED);
        String publication = "freshet_" + database.value("SELECT id FROM pgtrickle.installation");
        database.execute("ALTER PUBLICATION " + publication + " DROP TABLE t");
        database.execute("INSERT INTO t VALUES (100, 1, 'x')");
        awaitContent("st", GROUPED);
        whileNoDaemonRuns("ALTER PUBLICATION " + publication + " DROP TABLE t; INSERT INTO t VALUES (101, 1, 'x');"
                + " ALTER PUBLICATION " + publication + " ADD TABLE t");
        awaitContent("st", GROUPED);
        database.execute("ALTER PUBLICATION " + publication + " SET (publish = 'insert')");
        database.execute("DELETE FROM t WHERE k = 101");
        awaitContent("st", GROUPED);
        database.execute("UPDATE t SET b = 8 WHERE k = 4");
        awaitContent("st", GROUPED);
    }

    @Test
    void aDroppedPublicationIsMadeAgain() {
        createSource();
        createStreamTable(GROUPED);
        String publication = "freshet_" + database.value("SELECT id FROM pgtrickle.installation");
        database.execute("DROP PUBLICATION " + publication + "; INSERT INTO t VALUES (100, 1, 'x')");
        awaitContent("st", GROUPED);
        database.execute("DELETE FROM t WHERE k = 100");
        awaitContent("st", GROUPED);
        database.execute("DROP PUBLICATION " + publication);
        await("the publication is there",
                () -> database.rows("SELECT 1 FROM pg_publication_tables WHERE tablename = 't'").size() == 1,
                "SELECT * FROM pg_publication_tables");
        database.execute("DELETE FROM t WHERE k = 5");
        awaitContent("st", GROUPED);
    }

    @Test
    void anotherDefinitionOfAViewIsFollowed() {
        createSource();
        createSource("t2");
        database.execute("UPDATE t2 SET b = 77 WHERE k < 5; CREATE VIEW v AS SELECT k, b FROM t WHERE k < 20");
        String query = "SELECT b, count(*) AS n FROM v GROUP BY b";
        createStreamTable(query);
        database.execute("CREATE OR REPLACE VIEW v AS SELECT k, b FROM t WHERE k > 10");
        awaitContent("st", query);
        database.execute("CREATE OR REPLACE VIEW v AS SELECT k, b FROM t2");
        awaitContent("st", query);
        database.execute("UPDATE t2 SET b = 78 WHERE k = 1");
        awaitContent("st", query);
        assertThat(database.rows("SELECT tablename FROM pg_publication_tables ORDER BY 1")).containsExactly("quiet", "t2");
        database.execute(
                "ALTER TABLE t2 RENAME COLUMN b TO bb; ALTER TABLE t2 RENAME TO t3; INSERT INTO t3 VALUES (200, 79, 'x')");
        awaitContent("st", query);
        database.execute("DROP VIEW v");
        awaitStopped("view public.v was dropped");
        database.execute("CREATE VIEW v AS SELECT k, bb AS b FROM t3");
        awaitContent("st", query);
    }

    @Test
    void twoStreamTablesOfOneSourceHaveTheirOwnFates() {
        createSource();
        createStreamTable(GROUPED);
        String query = "SELECT c, count(*) AS n FROM t GROUP BY c";
        streamTables.create("st2", query);
        database.execute("ALTER TABLE t RENAME COLUMN b TO bb; INSERT INTO t VALUES (100, 1, 'y')");
        awaitStopped("column b of public.t has been renamed to bb");
        awaitContent("st2", query);
        streamTables.drop("st");
        database.execute("INSERT INTO t VALUES (101, 1, 'y'); UPDATE t SET c = 'z' WHERE k = 2");
        awaitContent("st2", query);
    }
}
