package io.freshet.runtime.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The program {@code freshet}. */
@Command(name = "freshet", synopsisSubcommandLabel = "COMMAND", mixinStandardHelpOptions = true, version = "freshet 0.1.0", description = {
        "Keeps stream tables - tables defined by a SQL query - up to date over PostgreSQL and Citus."}, subcommands = {
                DemoCommand.class, DaemonCommand.class, InstallCommand.class, UninstallCommand.class, CreateCommand.class,
                DropCommand.class,
                RefreshCommand.class, ListCommand.class, StatusCommand.class, VerifyCommand.class, ExplainCommand.class,
                DoctorCommand.class, HelpCommand.class}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:Done.", "1:A check failed: a stream table differs from its query, or the doctor found an error.",
                        "2:The command line is wrong.", "3:The statement is wrong (FR1xx).",
                        "4:Freshet cannot do this (FR2xx).",
                        "5:A server, its settings or its state are in the way (FR3xx).",
                        "6:A defect of Freshet (FR9xx)."})
public final class Freshet {
    /** The driver warns by itself of what is reported as an error anyway. A logger that nothing refers to forgets its level. */
    private static final Logger DRIVER_LOG = Logger.getLogger("org.postgresql");

    static {
        DRIVER_LOG.setLevel(Level.OFF);
    }

    private Freshet() {
    }

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    /** Runs a command and returns the exit code. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine line = commandLine();
        line.setOut(out);
        line.setErr(err);
        line.setExecutionExceptionHandler((exception, command, result) -> Failure.report(exception, command));
        return line.execute(arguments);
    }

    /** All commands with their options; for whoever prints the help. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Freshet()).setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpAutoWidth(true);
        line.getSubcommands().values().forEach(command -> command.getCommandSpec().version(line.getCommandSpec().version()));
        return line;
    }
}
