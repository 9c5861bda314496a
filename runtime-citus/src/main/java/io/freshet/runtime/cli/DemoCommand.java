package io.freshet.runtime.cli;

import io.freshet.runtime.demo.Demo;
import io.freshet.runtime.demo.DemoOptions;
import io.freshet.runtime.demo.DemoResult;
import io.freshet.runtime.demo.Figures;
import io.freshet.runtime.demo.Screen;
import io.freshet.runtime.topology.ConnectionUrl;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "demo", mixinStandardHelpOptions = true, description = {
        "Shows stream tables that follow writers, and proves them equal to their queries. Without --url on an embedded PostgreSQL; with it in "
                + "a schema freshet_demo of that database, which is dropped in the end. Ends with 1 when a stream table differs."})
final class DemoCommand implements Callable<Integer> {
    /** Set by the launcher, which knows whether standard output is a terminal. */
    private static final String TERMINAL = "freshet.terminal";

    @Mixin
    private final OutputOptions output = new OutputOptions();
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(names = "--url", paramLabel = "URL", description = "postgresql://user@host:port/database, of the coordinator.")
    private Optional<String> url = Optional.empty();
    @Option(names = "--seconds", paramLabel = "N", description = "How long the writers write. Default: ${DEFAULT-VALUE}.")
    private int seconds = 30;
    @Option(names = "--writers", paramLabel = "N", description = "How many sessions write. Default: ${DEFAULT-VALUE}.")
    private int writers = 4;
    @Option(names = "--rate", paramLabel = "N", description = {
            "Transactions per second of all writers together, 0 for as many as they can. Default: ${DEFAULT-VALUE}."})
    private int rate = 200;
    @Option(names = "--seed", paramLabel = "N", description = "Of the writers' choices. Default: a new one each time.")
    private long seed = System.nanoTime() & 0xFFFFFF;

    @Override
    public Integer call() throws SQLException, IOException, InterruptedException {
        Optional<ConnectionUrl> server = url.map(u -> ServerAddress.of(Optional.of(u), System.getenv()));
        Demo demo = new Demo(new DemoOptions(server, Duration.ofSeconds(seconds), Math.max(1, writers), Math.max(0, rate), seed),
                screen());
        CountDownLatch ended = new CountDownLatch(1);
        if (server.isPresent()) {
            // Ctrl-C ends the writing; what was made on the user's server is still compared and removed.
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                demo.stop();
                awaitEnd(ended);
            }));
        }
        try {
            DemoResult result = demo.run();
            output.print(json(result), () -> text(result));
            return result.isRight() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
        } finally {
            ended.countDown();
        }
    }

    private static void awaitEnd(CountDownLatch ended) {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Screen screen() {
        PrintWriter out = command.commandLine().getOut();
        return switch (output.format()) {
            case JSON -> Screen.silent();
            case TEXT -> Boolean.getBoolean(TERMINAL) ? Screen.terminal(out) : Screen.lines(out);
        };
    }

    private static String text(DemoResult result) {
        Figures figures = result.last();
        return "%d transactions with %d changes in %d s; fresh after p50 %s, p99 %s. %s".formatted(figures.transactions(),
                figures.changes(), figures.elapsed().toSeconds(), Screen.millis(figures.freshnessMedian()),
                Screen.millis(figures.freshnessTail()),
                result.isRight() ? "All stream tables are equal to their queries." : "A STREAM TABLE IS WRONG.");
    }

    private static Map<String, Object> json(DemoResult result) {
        Figures figures = result.last();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("equal", result.isRight());
        json.put("streamTables", result.verifications().stream()
                .map(v -> Map.of("name", v.name(), "epoch", v.epoch(), "differingRows", v.differingRows())).toList());
        json.put("seconds", figures.elapsed().toMillis() / 1000.0);
        json.put("transactions", figures.transactions());
        json.put("changes", figures.changes());
        json.put("epochs", figures.epochs());
        json.put("epochMedianMs", figures.epochTime().toNanos() / 1e6);
        json.put("probes", figures.probes());
        json.put("freshnessP50Ms", figures.freshnessMedian().toNanos() / 1e6);
        json.put("freshnessP99Ms", figures.freshnessTail().toNanos() / 1e6);
        return json;
    }
}
