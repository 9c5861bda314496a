package io.freshet.it.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory that goes when it is closed. */
record ServerDirectory(Path path) implements AutoCloseable {

    static ServerDirectory create(String prefix) {
        try {
            return new ServerDirectory(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        // A dying server removes files while we walk: what is gone already is fine.
        for (int round = 0; round < 5 && Files.exists(path); round++) {
            try (Stream<Path> tree = Files.walk(path)) {
                List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
                for (Path file : deepestFirst) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                if (round == 4 && !(e instanceof NoSuchFileException)) {
                    System.getLogger(ServerDirectory.class.getName()).log(System.Logger.Level.WARNING, "left behind: " + path, e);
                }
            }
        }
    }
}
