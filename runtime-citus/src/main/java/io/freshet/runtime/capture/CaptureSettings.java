package io.freshet.runtime.capture;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How changes are captured.
 *
 * @param publication the publication that names the sources
 * @param transactionMemory bytes of changes that one transaction keeps in memory; what is beyond goes to a file
 * @param totalMemory the same for all transactions of all nodes together
 * @param nettingMemory bytes of rows that one call of {@link Capture#take} keeps to net them; beyond it only neighbouring changes cancel out
 * @param spoolDirectory where those files are; they have no name and vanish with the process
 * @param statusInterval how often the server hears of us; well below its {@code wal_sender_timeout}
 */
public record CaptureSettings(String publication, long transactionMemory, long totalMemory, long nettingMemory,
        Path spoolDirectory,
        Duration statusInterval) {
    private static final long MIB = 1L << 20;

    /** 64 MiB for one transaction, 256 MiB for all, 128 MiB for netting; files in the system's temporary directory; 5 seconds. */
    public static CaptureSettings of(String publication) {
        return new CaptureSettings(publication, 64 * MIB, 256 * MIB, 128 * MIB, Path.of(System.getProperty("java.io.tmpdir")),
                Duration.ofSeconds(5));
    }

    public CaptureSettings withMemory(long transaction, long total, long netting) {
        return new CaptureSettings(publication, transaction, total, netting, spoolDirectory, statusInterval);
    }

    public CaptureSettings withSpoolDirectory(Path directory) {
        return new CaptureSettings(publication, transactionMemory, totalMemory, nettingMemory, directory, statusInterval);
    }
}
