package io.freshet.it.docs;

import io.freshet.runtime.cli.Freshet;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** {@code docs/command-line.md} is the help that the program prints. */
class CommandLineReferenceTest {
    private static final int WIDTH = 110;

    @Test
    void theReferenceIsTheHelpOfEveryCommand() throws IOException {
        CommandLine freshet = Freshet.commandLine().setUsageHelpAutoWidth(false).setUsageHelpWidth(WIDTH);
        StringBuilder page = new StringBuilder(
                "# Command line\n\n`./freshet COMMAND`; the text is that of `./freshet help COMMAND`.\n");
        section(page, "freshet", freshet);
        freshet.getSubcommands().forEach((name, command) -> {
            if (!name.equals("help")) {
                section(page, name, command);
            }
        });
        Golden.check("docs/command-line.md", page.toString());
    }

    private static void section(StringBuilder page, String title, CommandLine command) {
        page.append("\n## ").append(title).append("\n\n```\n").append(command.getUsageMessage(Ansi.OFF)).append("```\n");
    }
}
