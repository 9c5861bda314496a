package io.freshet.ivm.program;

import io.freshet.planner.print.Quoting;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The user's SELECT, to the letter, where it stands as a derived table. */
public record UserQuery(String sql) {
    /** What a semicolon inside of ends nothing: strings, names, dollar quotes, comments. */
    private static final Pattern TOKEN = Pattern.compile(
            """
            (?<![\\w$])[eE]'(?>[^'\\\\]++|\\\\.|'')*+' | '[^']*+' | "[^"]*+" | (\\$\\w*\\$).*?\\1 | --[^\\n]*+ | /\\*.*?\\*/
            | (?<end>;)""", Pattern.COMMENTS | Pattern.DOTALL);

    /** The query without what follows its semicolon. */
    String statement() {
        Matcher token = TOKEN.matcher(sql);
        while (token.find()) {
            if (token.group("end") != null) {
                return sql.substring(0, token.start()).strip();
            }
        }
        return sql.strip();
    }

    /** The query in FROM. The closing parenthesis has a line of its own, since the text may end with a comment. */
    String derived(String alias, List<String> columns) {
        return "(\n" + statement() + "\n) AS " + alias
                + columns.stream().map(Quoting::identifier).collect(Collectors.joining(", ", " (", ")"));
    }
}
