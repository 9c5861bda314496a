package io.freshet.runtime.capture;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes on disk, for what does not fit in memory: written once, in order, into files that are closed when nothing in them is needed any
 * more. The files are unlinked as soon as they are open, so that they vanish with the process. Safe for concurrent use.
 *
 * <p>Not a {@code FileChannel}: interrupting a thread that reads one closes it for all.
 */
final class Spool implements Closeable {
    private static final long FILE_BYTES = 64L << 20;

    private final Path directory;
    private final Set<Segment> segments = new HashSet<>();
    private @Nullable Segment last;

    Spool(Path directory) {
        this.directory = directory;
    }

    /** Bytes in a file. */
    final class Extent {
        private final Segment segment;
        private final long position;
        private final int length;

        private Extent(Segment segment, long position, int length) {
            this.segment = segment;
            this.position = position;
            this.length = length;
        }

        byte[] read() throws IOException {
            synchronized (Spool.this) {
                byte[] bytes = new byte[length];
                segment.file.seek(position);
                segment.file.readFully(bytes);
                return bytes;
            }
        }

        void release() {
            synchronized (Spool.this) {
                segment.extents--;
                closeUnused(segment);
            }
        }
    }

    private static final class Segment {
        private final RandomAccessFile file;
        private long end;
        private int extents;

        private Segment(RandomAccessFile file) {
            this.file = file;
        }
    }

    synchronized Extent write(byte[] bytes, int length) throws IOException {
        if (last == null || last.end >= FILE_BYTES) {
            Segment full = last;
            last = open();
            if (full != null) {
                closeUnused(full);
            }
        }
        last.file.seek(last.end);
        last.file.write(bytes, 0, length);
        Extent extent = new Extent(last, last.end, length);
        last.end += length;
        last.extents++;
        return extent;
    }

    /** Bytes of the files that are open. */
    synchronized long size() {
        return segments.stream().mapToLong(s -> s.end).sum();
    }

    private Segment open() throws IOException {
        Files.createDirectories(directory);
        Path path = Files.createTempFile(directory, "freshet-", ".spool");
        Segment segment = new Segment(new RandomAccessFile(path.toFile(), "rw"));
        Files.delete(path);
        segments.add(segment);
        return segment;
    }

    private void closeUnused(Segment segment) {
        if (segment.extents > 0 || !segments.contains(segment)) {
            return;
        }
        segments.remove(segment);
        if (segment == last) {
            last = null;
        }
        closeQuietly(segment);
    }

    @Override
    public synchronized void close() {
        segments.forEach(Spool::closeQuietly);
        segments.clear();
        last = null;
    }

    private static void closeQuietly(Segment segment) {
        try {
            segment.file.close();
        } catch (IOException e) {
            // The file is unlinked and nothing in it is needed.
        }
    }
}
