package io.freshet.runtime.demo;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.daemon.Daemon;
import io.freshet.runtime.daemon.DaemonConfig;
import io.freshet.runtime.sqlapi.Installer;
import io.freshet.runtime.sqlapi.StreamTableFunctions.Verification;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs the demonstration from its begin to its proof. Whatever happens, it leaves the user's server as it was. */
public final class Demo {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final DemoOptions options;
    private final Screen screen;
    private final CountDownLatch stop = new CountDownLatch(1);

    public Demo(DemoOptions options, Screen screen) {
        this.options = options;
        this.screen = screen;
    }

    /** Ends the writing early; the proof follows. */
    public void stop() {
        stop.countDown();
    }

    public DemoResult run() throws SQLException, InterruptedException, IOException {
        if (options.server().isPresent()) {
            try (DemoServer server = DemoServer.at(options.server().get())) {
                return run(server);
            }
        }
        screen.say("Starting an embedded PostgreSQL (without fsync: it holds nothing worth keeping) ..");
        try (DemoServer server = DemoServer.embedded()) {
            return run(server);
        }
    }

    /** What was not there before and goes in the end. */
    @FunctionalInterface
    private interface Temporary extends AutoCloseable {
        @Override
        void close() throws SQLException;
    }

    private DemoResult run(DemoServer server) throws SQLException, InterruptedException {
        Connections connections = new Connections(server.url());
        try (Connection connection = connections.coordinator();
                Temporary installation = install(connection);
                Temporary daemon = daemon(connection, server);
                DemoTables tables = DemoTables.create(connection)) {
            screen.say(DemoTables.hasCitus(connection)
                    ? "orders and customers are distributed by customer_id, regions is a reference table."
                    : "Tables orders, customers and regions are in the schema " + DemoTables.SCHEMA + ".");
            tables.createStreamTables().forEach(screen::say);
            return underLoad(connections, connection, tables);
        }
    }

    private static Temporary install(Connection connection) throws SQLException {
        boolean wasThere = Installer.find(connection).isPresent();
        Installer.install(connection);
        return () -> {
            if (!wasThere) {
                Installer.uninstall(connection);
            }
        };
    }

    /** Starts a daemon unless one is running. */
    private Temporary daemon(Connection connection, DemoServer server) throws SQLException {
        boolean runs = Jdbc.first(connection, "SELECT pgtrickle.pgt_daemon_incarnation() IS NOT NULL", row -> row.getBoolean(1))
                .orElseThrow();
        if (runs) {
            screen.say("Using the daemon that is running.");
            return () -> {
            };
        }
        screen.say("Starting a daemon in this process ..");
        return Daemon.start(new DaemonConfig(server.url()))::close;
    }

    private DemoResult underLoad(Connections connections, Connection connection, DemoTables tables)
            throws SQLException, InterruptedException {
        screen.say(options.writers() + " writers write random transactions, seed " + options.seed()
                + "; freshness is the time from a commit to its visibility in " + DemoTables.LARGE
                + ", probed about every 100 ms.");
        try (WriteLoad load = WriteLoad.start(connections, options); FreshnessProbe probe = FreshnessProbe.start(connections)) {
            EpochFigures epochs = EpochFigures.from(connection);
            long start = System.nanoTime();
            long end = start + options.length().toNanos();
            Figures figures = look(tables, epochs, load, probe, start);
            while (System.nanoTime() < end) {
                long pause = Math.min(BETWEEN_LOOKS.toNanos(), end - System.nanoTime());
                if (stop.await(pause, TimeUnit.NANOSECONDS)) {
                    break;
                }
                figures = look(tables, epochs, load, probe, start);
                screen.show(figures);
                requireWell(load, probe);
            }
            screen.say("Comparing each stream table with its query at one cut, while the writers go on ..");
            List<Verification> verifications = new ArrayList<>();
            for (DemoTables.Query query : DemoTables.QUERIES) {
                Verification verification = tables.functions().verify(DemoTables.SCHEMA + "." + query.name());
                verifications.add(verification);
                screen.say(verification.isEqual()
                        ? "  " + query.name() + " equals its query at epoch " + verification.epoch() + "."
                        : "  " + query.name() + " DIFFERS from its query by " + verification.differingRows() + " rows at epoch "
                                + verification.epoch() + ".");
            }
            requireWell(load, probe);
            return new DemoResult(verifications, figures);
        }
    }

    private static Figures look(DemoTables tables, EpochFigures epochs, WriteLoad load, FreshnessProbe probe, long start)
            throws SQLException {
        epochs.read();
        Map<String, Long> rows = new LinkedHashMap<>();
        for (DemoTables.Query query : DemoTables.QUERIES) {
            rows.put(query.name(), tables.count(query.name()));
        }
        Latencies freshness = probe.latencies();
        return new Figures(Duration.ofNanos(System.nanoTime() - start), rows, epochs.epochs(), epochs.changes(), load.committed(),
                epochs.durations().percentile(50), freshness.count(), freshness.percentile(50), freshness.percentile(99));
    }

    private static void requireWell(WriteLoad load, FreshnessProbe probe) {
        load.failure().or(probe::failure).ifPresent(cause -> {
            throw FreshetException.of(ErrorCode.NODE_UNREACHABLE, "a session of the demonstration broke: " + cause.getMessage())
                    .causedBy(cause);
        });
    }
}
