package io.freshet.runtime.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows figures as they change. */
public interface Screen {

    /** A sentence, once. */
    void say(String line);

    void show(Figures figures);

    /** A line per look, for files and pipes. */
    static Screen lines(PrintWriter out) {
        return new Screen() {
            @Override
            public void say(String line) {
                out.println(line);
            }

            @Override
            public void show(Figures f) {
                String rows = f.rows().entrySet().stream().map(e -> e.getKey() + " " + e.getValue())
                        .collect(Collectors.joining(", "));
                out.printf(Locale.ROOT, "%3d s: %s rows; %d epochs, %d changes/s; fresh after p50 %s, p99 %s%n",
                        f.elapsed().toSeconds(), rows,
                        f.epochs(), f.changesPerSecond(), millis(f.freshnessMedian()), millis(f.freshnessTail()));
            }
        };
    }

    /** A table that is drawn again in its place, for a terminal. */
    static Screen terminal(PrintWriter out) {
        return new TerminalScreen(out);
    }

    /** Nothing: the result is all that is wanted. */
    static Screen silent() {
        return new Screen() {
            @Override
            public void say(String line) {
            }

            @Override
            public void show(Figures figures) {
            }
        };
    }

    static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }

    /** Draws with the escape sequences that every terminal of today knows. */
    final class TerminalScreen implements Screen {
        private static final String UP = "\033[%dA";
        private static final String CLEAR_LINE = "\033[2K";
        private static final String BOLD = "\033[1m";
        private static final String PLAIN = "\033[0m";

        private final PrintWriter out;
        private int drawn;

        private TerminalScreen(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void say(String line) {
            out.println(line);
            drawn = 0;
        }

        @Override
        public void show(Figures f) {
            StringBuilder text = new StringBuilder();
            text.append(String.format(Locale.ROOT, "%-18s %12s%n", "stream table", "rows"));
            for (Map.Entry<String, Long> table : f.rows().entrySet()) {
                text.append(String.format(Locale.ROOT, "%-18s %,12d%n", table.getKey(), table.getValue()));
            }
            text.append(String.format(Locale.ROOT, "%n%3d s   %,d transactions (%,d/s), %,d changes (%,d/s)%n",
                    f.elapsed().toSeconds(),
                    f.transactions(), f.transactionsPerSecond(), f.changes(), f.changesPerSecond()));
            text.append(String.format(Locale.ROOT, "        %,d epochs (%,d/s), each %s%n", f.epochs(), f.epochsPerSecond(),
                    millis(f.epochTime())));
            text.append(String.format(Locale.ROOT, "        fresh after %sp50 %s%s, p99 %s (%,d probes)%n", BOLD,
                    millis(f.freshnessMedian()),
                    PLAIN, millis(f.freshnessTail()), f.probes()));
            if (drawn > 0) {
                out.printf(UP, drawn);
            }
            text.toString().lines().forEach(line -> out.println(CLEAR_LINE + line));
            drawn = (int) text.toString().lines().count();
            out.flush();
        }
    }
}
