package io.freshet.ivm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One SQL statement of a program. The text may hold the placeholders {@link #EPOCH} and {@link #FROM_EPOCH}, which
 * {@link #bind(long, long)} replaces by numbers; in strings, quoted names and comments they are ordinary text.
 *
 * @param comment what the statement does, for the person who reads EXPLAIN at 3 a.m.
 * @param whenEmpty what follows when the statement has written no row
 */
public record Step(String comment, String sql, Strategy strategy, WhenEmpty whenEmpty) {
    /** Whether the steps after one that wrote no row have anything to do. */
    public enum WhenEmpty {
        GO_ON,
        /** The program ends: nothing is staged that the other steps could apply. */
        END
    }

    /** The number of the epoch that the program moves the stream table to. */
    public static final String EPOCH = ":__pgt_epoch";

    /** The number of the epoch that the stream table is at: change rows of later epochs are its delta. */
    public static final String FROM_EPOCH = ":__pgt_from_epoch";

    /**
     * What is left as it is (strings, names, dollar quotes, comments, casts), else a placeholder. Two quotes inside a string or a name end one
     * token and begin the next, which comes to the same. Nothing here backtracks: a literal may have any length.
     */
    private static final Pattern TOKEN = Pattern.compile(
            """
            (?<![\\w$])[eE]'(?>[^'\\\\]++|\\\\.|'')*+' | '[^']*+' | "[^"]*+" | (\\$\\w*\\$).*?\\1 | --[^\\n]*+ | /\\*.*?\\*/ | ::
            | (?<placeholder>:__pgt_(?:from_)?epoch\\b)""", Pattern.COMMENTS | Pattern.DOTALL);

    /** The statement to run. */
    public String bind(long fromEpoch, long epoch) {
        Matcher token = TOKEN.matcher(sql);
        StringBuilder bound = new StringBuilder();
        while (token.find()) {
            String text = token.group();
            if (token.group("placeholder") != null) {
                text = Long.toString(text.equals(EPOCH) ? epoch : fromEpoch);
            }
            token.appendReplacement(bound, Matcher.quoteReplacement(text));
        }
        return token.appendTail(bound).toString();
    }
}
