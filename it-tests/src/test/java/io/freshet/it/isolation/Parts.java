package io.freshet.it.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.StreamTables;
import java.util.ArrayList;
import java.util.List;

/**
 * Sources that lie on different nodes, each with its stream tables: {@code wide} on both workers, {@code first} and {@code second} on one worker each,
 * {@code here} on the coordinator.
 */
final class Parts {
    static final List<String> SOURCES = List.of("wide", "first", "second", "here");

    /** A local sum and the rows themselves; the latter beside a distributed source. */
    private static final List<String> WIDE = List.of("wide_sum", "wide_rows");
    private static final List<String> FIRST = List.of("first_sum", "first_rows");
    private static final List<String> SECOND = List.of("second_sum", "second_rows");
    private static final List<String> HERE = List.of("here_sum", "here_rows");

    private final Database database;
    private final StreamTables streamTables;
    private final Server one;
    private final Server two;

    Parts(Database database) {
        this.database = database;
        this.streamTables = new StreamTables(database);
        this.one = database.cluster().workers().get(0);
        this.two = database.cluster().workers().get(1);
        for (String source : SOURCES) {
            database.execute("CREATE TABLE " + source + " (id int PRIMARY KEY, kind int NOT NULL, v int); ALTER TABLE " + source
                    + " REPLICA IDENTITY FULL");
        }
        database.execute("SET citus.shard_count = 8; SELECT create_distributed_table('wide', 'id', colocate_with => 'none')");
        place("first", one);
        place("second", two);
    }

    /** One shard, on this worker. */
    void place(String table, Server worker) {
        database.execute(
                "SET citus.shard_count = 1; SELECT create_distributed_table('" + table + "', 'id', colocate_with => 'none')");
        database.rows("SELECT citus_move_shard_placement(shardid, nodename, nodeport, nodename, " + worker.port()
                + ", 'block_writes') FROM pg_dist_shard JOIN pg_dist_shard_placement USING (shardid) WHERE logicalrelid = '"
                + table
                + "'::regclass AND nodeport <> " + worker.port());
    }

    StreamTables streamTables() {
        return streamTables;
    }

    Server two() {
        return two;
    }

    void createStreamTables() {
        for (String source : SOURCES) {
            streamTables.create(source + "_sum", sum(source));
            String[] beside = source.equals("here") ? new String[0] : new String[]{"output_distribution_column => 'id'"};
            streamTables.create(source + "_rows", rows(source), beside);
        }
        all().forEach(name -> assertThat(streamTables.mode(name)).as(name).isEqualTo("DIFFERENTIAL"));
    }

    private static String sum(String source) {
        return "SELECT kind, count(*) AS n, sum(v) AS total FROM " + source + " GROUP BY kind";
    }

    private static String rows(String source) {
        return "SELECT id, kind, v FROM " + source + " WHERE kind <> 3";
    }

    static List<String> all() {
        List<String> all = new ArrayList<>(withoutTwo());
        all.addAll(withTwo());
        return all;
    }

    /** Those that the second worker is no part of. */
    static List<String> withoutTwo() {
        List<String> names = new ArrayList<>(FIRST);
        names.addAll(HERE);
        return names;
    }

    /** Those that need the second worker. */
    static List<String> withTwo() {
        List<String> names = new ArrayList<>(WIDE);
        names.addAll(SECOND);
        return names;
    }

    /** At the cut of an epoch. Writers may write. */
    void verify(List<String> names) {
        for (String name : names) {
            StreamTables.Verification found = streamTables.verify(name);
            assertThat(found.differingRows()).as("%s at epoch %d", name, found.epoch()).isZero();
        }
    }

    /** By a recompute that knows nothing of the daemon. Nobody writes. */
    void compareAll() {
        for (String source : SOURCES) {
            streamTables.refresh(source + "_sum");
            streamTables.refresh(source + "_rows");
            assertThat(database.rows("SELECT kind, n, total FROM " + source + "_sum ORDER BY 1")).as(source)
                    .isEqualTo(database.rows(sum(source) + " ORDER BY 1"));
            assertThat(database.rows("SELECT id, kind, v FROM " + source + "_rows ORDER BY 1")).as(source)
                    .isEqualTo(database.rows(rows(source) + " ORDER BY 1"));
        }
        assertThat(streamTables.errors()).isEmpty();
        assertThat(database.value("SELECT count(*) FROM pgtrickle.pgt_held_changes")).isEqualTo("0");
    }

    /** The names of the stream tables with this status. */
    List<String> withStatus(String status) {
        return database.rows("SELECT replace(name, 'public.', '') FROM pgtrickle.pgt_status() WHERE status = '" + status + "'");
    }

    void awaitAllActive() {
        Await.until("all stream tables are well again", () -> withStatus("ACTIVE").size() == all().size());
    }

    String now() {
        return database.value("SELECT clock_timestamp()");
    }

    /** The stream tables that had to be filled again after this time. */
    List<String> rebuilt(String since) {
        return database.rows(
                "SELECT replace(name, 'public.', '') FROM pgtrickle.pgt_status() WHERE rebuild_asked_at > '"
                        + since + "' ORDER BY 1");
    }
}
