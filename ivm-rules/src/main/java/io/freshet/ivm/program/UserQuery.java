package io.freshet.ivm.program;

import io.freshet.errors.FreshetException;
import io.freshet.parser.QueryParser;
import io.freshet.planner.print.Quoting;
import java.util.List;
import java.util.stream.Collectors;

/** The user's SELECT, to the letter unless it reads mirrors, where it stands as a derived table. */
public record UserQuery(String sql) {

    /** The query without what follows its semicolon. */
    String statement() {
        try {
            return QueryParser.withoutSemicolon(sql);
        } catch (FreshetException notRead) {
            // Only the server reads this text, and it has no semicolon but a last one.
            String text = sql.strip();
            return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
        }
    }

    /** The query in FROM. The closing parenthesis has a line of its own, since the text may end with a comment. */
    String derived(String alias, List<String> columns) {
        return "(\n" + statement() + "\n) AS " + alias
                + columns.stream().map(Quoting::identifier).collect(Collectors.joining(", ", " (", ")"));
    }
}
