package io.freshet.it.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the programs of a PostgreSQL installation, which refuse to run as root: then as the system's user {@code postgres}. */
final class Commands {
    private Commands() {
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** Whether servers can be started: not as root on a system that has no user {@code postgres}. */
    static boolean canRunServers() {
        if (!isRoot()) {
            return true;
        }
        try {
            return Files.readAllLines(Path.of("/etc/passwd")).stream().anyMatch(line -> line.startsWith(Server.SUPERUSER + ":"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes a directory the servers' own. */
    static void own(Path directory) {
        if (isRoot()) {
            try {
                Files.setOwner(directory,
                        directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(Server.SUPERUSER));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Runs a program to its end.
     *
     * @return what it printed
     * @throws IllegalStateException its exit code is not 0; the message holds what it printed
     */
    static String run(Path workingDirectory, List<String> command) {
        List<String> full = new ArrayList<>();
        if (isRoot()) {
            full.addAll(List.of("runuser", "-u", Server.SUPERUSER, "--"));
        }
        full.addAll(command);
        try {
            // A file and not a pipe: a server that pg_ctl leaves behind would hold the pipe open.
            Path output = Files.createTempFile("freshet-command", ".txt");
            try {
                Process process = new ProcessBuilder(full).directory(workingDirectory.toFile()).redirectErrorStream(true)
                        .redirectOutput(output.toFile()).start();
                int exit = process.waitFor();
                String printed = Files.readString(output, StandardCharsets.UTF_8);
                if (exit != 0) {
                    throw new IllegalStateException(full + " ended with " + exit + ":\n" + printed);
                }
                return printed;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + full, e);
        }
    }
}
