package io.freshet.runtime.settings;

/** A number of bytes, written as PostgreSQL writes memory sizes. */
public record DataSize(long bytes) {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    public static DataSize ofMegabytes(long megabytes) {
        return new DataSize(megabytes << 20);
    }

    @Override
    public String toString() {
        long value = bytes;
        int unit = 0;
        while (unit < UNITS.length - 1 && value >= 1024 && value % 1024 == 0) {
            value /= 1024;
            unit++;
        }
        return value + UNITS[unit];
    }
}
