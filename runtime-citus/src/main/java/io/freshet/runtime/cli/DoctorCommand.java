package io.freshet.runtime.cli;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "doctor", mixinStandardHelpOptions = true, description = {
        "Checks every node for what a daemon needs, and names the cure of what is wrong. Ends with 1 when it finds an error."})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws SQLException {
        server.connect().close();
        List<Finding> findings = Doctor.examine(server.connections());
        output.print(Map.of("findings", findings.stream().map(Finding::json).toList()), () -> text(findings));
        return findings.stream().anyMatch(f -> f.severity() == Finding.Severity.ERROR) ? ExitCode.CHECK_FAILED : ExitCode.DONE;
    }

    private static String text(List<Finding> findings) {
        TextTable table = new TextTable("", "CHECK", "PLACE", "FINDING");
        StringBuilder cures = new StringBuilder();
        for (Finding finding : findings) {
            table.add(finding.severity().name(), finding.check(), finding.place(), finding.detail());
            finding.cure().ifPresent(cure -> cures.append('\n').append(finding.severity()).append(": ").append(finding.detail())
                    .append(" (").append(finding.place()).append(")\n  ").append(cure).append('\n'));
        }
        return table.toString() + cures;
    }
}
