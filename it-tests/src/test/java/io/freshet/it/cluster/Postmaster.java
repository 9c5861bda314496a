package io.freshet.it.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The process that the pid file of a data directory names. */
final class Postmaster {
    private static final int GONE_LIMIT_SECONDS = 30;

    private Postmaster() {
    }

    static void kill(Path data) {
        ProcessHandle process = ProcessHandle.of(pid(data))
                .orElseThrow(() -> new IllegalStateException("no server runs in " + data));
        // The children go too: a backend that outlives its postmaster keeps the shared memory, and the restart fails.
        var children = process.children().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        awaitEnd(process);
        children.forEach(Postmaster::awaitEnd);
    }

    /** Stops every process of the server where it is: connections stay open, and nothing answers. */
    static void freeze(Path data) {
        ProcessHandle process = ProcessHandle.of(pid(data))
                .orElseThrow(() -> new IllegalStateException("no server runs in " + data));
        // The parent first: it would start others.
        signal("STOP", Stream.of(process));
        signal("STOP", process.descendants());
    }

    /** Lets them go on; those that run do not notice. */
    static void thaw(Path data) {
        if (Files.exists(pidFile(data))) {
            ProcessHandle.of(pid(data))
                    .ifPresent(process -> signal("CONT", Stream.concat(process.descendants(), Stream.of(process))));
        }
    }

    private static void signal(String name, Stream<ProcessHandle> processes) {
        processes.forEach(process -> {
            try {
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        });
    }

    private static Path pidFile(Path data) {
        return data.resolve("postmaster.pid");
    }

    private static long pid(Path data) {
        try {
            return Long.parseLong(Files.readAllLines(pidFile(data)).getFirst().strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get(GONE_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("process " + process.pid() + " does not end", e);
        }
    }
}
