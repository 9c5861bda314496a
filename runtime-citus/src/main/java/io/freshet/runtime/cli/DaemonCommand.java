package io.freshet.runtime.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.freshet.runtime.daemon.Daemon;
import io.freshet.runtime.daemon.DaemonConfig;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "daemon", mixinStandardHelpOptions = true, description = {
        "Keeps the stream tables of a database fresh, until it is stopped (SIGTERM, Ctrl-C). Installs the schema pgtrickle when it is not "
                + "there. The role needs the right to replicate, and all rights on the sources."})
final class DaemonCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--set", paramLabel = "SETTING=VALUE", description = {
            "A setting, with or without pg_trickle. before its name; wins over the database's. May be given several times."})
    private Map<String, String> settings = Map.of();

    @Override
    public Integer call() throws InterruptedException {
        ((Logger) LoggerFactory.getLogger("io.freshet")).setLevel(Level.INFO);
        server.requireReachable();
        Daemon daemon = Daemon.start(new DaemonConfig(server.connections().url(), settings));
        // The process ends by a signal alone; the hook lets the epoch that runs be finished.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("freshet-shutdown").unstarted(daemon::close));
        new CountDownLatch(1).await();
        return ExitCode.DONE;
    }
}
