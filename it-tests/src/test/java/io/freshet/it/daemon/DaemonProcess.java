package io.freshet.it.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** {@code freshet daemon} in a JVM of its own, which can be killed. Its log is a file under {@code target/daemons}. */
public final class DaemonProcess implements AutoCloseable {
    private static final Path LOGS = Path.of("target", "daemons");
    private static final Set<Path> STARTED = ConcurrentHashMap.newKeySet();
    private static final int STOP_SECONDS = 60;

    private final Database database;
    private final Process process;
    private final Path log;

    private DaemonProcess(Database database, Process process, Path log) {
        this.database = database;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a daemon and returns at once.
     *
     * @param systemProperties for its JVM, as {@code freshet.failpoint=after-copy}
     */
    public static DaemonProcess launch(Database database, String... systemProperties) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dcalcite.default.charset=UTF-8"));
        for (String property : systemProperties) {
            command.add("-D" + property);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.freshet.runtime.cli.Freshet", "daemon", "--url",
                database.libpqUrl()));
        try {
            Files.createDirectories(LOGS);
            Path log = LOGS.resolve(database.name() + ".log");
            if (STARTED.add(log)) {
                Files.deleteIfExists(log);
            }
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
            // A killed test run leaves no daemon behind.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new DaemonProcess(database, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a daemon and waits until it serves requests. */
    public static DaemonProcess start(Database database, String... systemProperties) {
        DaemonProcess daemon = launch(database, systemProperties);
        Await.until("the daemon serves " + database.name(), () -> {
            if (!daemon.isAlive()) {
                throw new AssertionError("the daemon ended with " + daemon.process.exitValue() + ":\n" + daemon.log());
            }
            return daemon.serves();
        });
        return daemon;
    }

    /** Whether its functions are there and a daemon answers them. */
    private boolean serves() {
        try {
            return database.value("SELECT pgtrickle.pgt_daemon_incarnation() IS NOT NULL").equals("t");
        } catch (SqlFailure notYetInstalled) {
            return false;
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** Waits until the process ends by itself and returns its exit code. */
    public int awaitExit() {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                printThreads();
                throw new AssertionError("the daemon does not end:\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Writes into the log what each of its threads does. */
    private void printThreads() throws InterruptedException {
        try {
            new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jstack").toString(), Long.toString(process.pid()))
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What all daemons of this database have printed. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Citus was asked for the plan of every step of every new stream table, and does what the step says of itself. */
    public void assertStepsRunAsTheySay() {
        assertThat(log()).doesNotContain("Citus does not run this step as", "the nodes were not asked for their plans");
    }

    /** SIGTERM, as a service manager stops it. */
    @Override
    public void close() {
        process.destroy();
        try {
            awaitExit();
        } finally {
            process.destroyForcibly();
        }
    }
}
