package io.freshet.it.input;

import static io.freshet.it.input.BadInput.query;

import io.freshet.errors.ErrorCode;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.daemon.DaemonProcess;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes that need a distributed table. */
class CitusBadInputIT {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::citus);

    private static DaemonProcess daemon;

    @BeforeAll
    static void start() {
        daemon = DaemonProcess.start(DATABASE.get());
        DATABASE.get().execute("""
                               SET citus.shard_count = 4;
                               CREATE TABLE t (k int NOT NULL, region text, document json, PRIMARY KEY (k));
                               CREATE TABLE no_identity (k int PRIMARY KEY);
                               SELECT create_distributed_table('t', 'k');
                               SELECT create_distributed_table('no_identity', 'k');
                               CREATE TABLE by_text (x text PRIMARY KEY);
                               CREATE TABLE everywhere (x int PRIMARY KEY);
                               CREATE TABLE keyless (x int);
                               SELECT create_distributed_table('by_text', 'x');
                               SELECT create_reference_table('everywhere');
                               SELECT create_reference_table('keyless');
                               ALTER TABLE keyless REPLICA IDENTITY FULL;
                               ALTER TABLE t REPLICA IDENTITY FULL;
                               INSERT INTO t VALUES (1, 'north', '{}'), (2, NULL, '{}');
                               """);
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    static Stream<BadInput> mistakes() {
        return Stream.of(
                query("SELECT k FROM t", "output_distribution_column => 'nope'", ErrorCode.INVALID_DISTRIBUTION_COLUMN)
                        .says("nope"),
                query("SELECT k, region FROM t", "output_distribution_column => 'region'", ErrorCode.INVALID_DISTRIBUTION_COLUMN)
                        .says("region").curedBy("coalesce(region, ..) AS region"),
                query("SELECT k FROM t", "output_distribution_column => 'k', output_colocate_with => 'by_text'",
                        ErrorCode.INVALID_DISTRIBUTION_COLUMN).says("by_text").curedBy("k::text AS k"),
                query("SELECT k FROM t", "output_distribution_column => 'k', output_colocate_with => 'everywhere'",
                        ErrorCode.INVALID_DISTRIBUTION_COLUMN).says("no distributed table")
                        .curedBy("create_distributed_table('public.everywhere'"),
                query("SELECT k FROM t", "output_distribution_column => 'k', output_colocate_with => 'nowhere'",
                        ErrorCode.UNDEFINED_TABLE).says("nowhere"),
                query("SELECT k FROM t", "output_colocate_with => 't'", ErrorCode.INVALID_OPTION)
                        .curedBy("output_distribution_column"),
                query("SELECT k FROM t", "output_placement => 'distributed'", ErrorCode.INVALID_OPTION)
                        .curedBy("output_distribution_column"),
                query("SELECT k FROM t", "output_placement => 'reference', output_distribution_column => 'k'",
                        ErrorCode.INVALID_OPTION),
                query("SELECT k FROM t", "output_placement => 'moon'", ErrorCode.INVALID_OPTION).says("moon"),
                query("SELECT t.k FROM t JOIN keyless l ON l.x = t.k", "refresh_mode => 'DIFFERENTIAL'",
                        ErrorCode.NOT_DIFFERENTIABLE).says("key").curedBy("ALTER TABLE public.keyless ADD PRIMARY KEY"),
                query("SELECT k, document FROM t", "output_distribution_column => 'document'",
                        ErrorCode.INVALID_DISTRIBUTION_COLUMN)
                        .says("document"),
                query("SELECT nullif(k, 1) AS k FROM t", "output_distribution_column => 'k'",
                        ErrorCode.INVALID_DISTRIBUTION_COLUMN),
                query("SELECT k::text AS k FROM t", "output_distribution_column => 'k'", ErrorCode.INVALID_DISTRIBUTION_COLUMN),
                query("SELECT k FROM no_identity", "output_distribution_column => 'k'", ErrorCode.REPLICA_IDENTITY)
                        .curedBy("ALTER TABLE public.no_identity REPLICA IDENTITY FULL;"),
                query("SELECT nope FROM t", "output_distribution_column => 'nope'", ErrorCode.UNDEFINED_COLUMN).at("nope"),
                query("SELECT k FROM t ORDER BY random()", ErrorCode.VOLATILE_FUNCTION).at("random"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isRefusedWithItsCodeAndLeavesNothing(BadInput mistake) {
        BadInputIT.refused(DATABASE.get(), mistake);
    }
}
