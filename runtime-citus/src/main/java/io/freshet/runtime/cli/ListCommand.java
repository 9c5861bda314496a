package io.freshet.runtime.cli;

import io.freshet.runtime.sqlapi.StreamTableFunctions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the stream tables. Needs no daemon.")
final class ListCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();
    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = server.connect()) {
            List<Map<String, Object>> tables = new StreamTableFunctions(connection).status();
            output.print(Map.of("streamTables", tables), () -> text(tables));
            return ExitCode.DONE;
        }
    }

    /** A line per stream table, and below it what is to be said of it. */
    static String text(List<Map<String, Object>> tables) {
        if (tables.isEmpty()) {
            return "There are no stream tables.";
        }
        TextTable table = new TextTable("NAME", "STATUS", "MODE", "SCHEDULE", "EPOCH", "LAST REFRESH");
        StringBuilder remarks = new StringBuilder();
        for (Map<String, Object> row : tables) {
            table.add(cell(row, "name"), cell(row, "status"), cell(row, "refresh_mode"), cell(row, "schedule"),
                    cell(row, "epoch"),
                    cell(row, "last_refresh_at"));
            remark(remarks, row, "full_refresh_reason", "is refreshed in full: ");
            remark(remarks, row, "last_error", "fails: ");
            remark(remarks, row, "waiting_for", "waits since " + row.get("waiting_since") + " for ");
            remark(remarks, row, "rebuild_reason", "was filled again, asked for at " + row.get("rebuild_asked_at") + ": ");
        }
        return table.toString() + remarks;
    }

    private static void remark(StringBuilder remarks, Map<String, Object> row, String column, String verb) {
        if (row.get(column) != null) {
            remarks.append(row.get("name")).append(' ').append(verb).append(row.get(column)).append('\n');
        }
    }

    private static String cell(Map<String, Object> row, String column) {
        return Objects.toString(row.get(column), "-");
    }
}
