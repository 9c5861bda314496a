package io.freshet.parser.text;

import io.freshet.errors.ErrorCode;
import io.freshet.parser.grammar.PostgresLexer;
import java.nio.charset.StandardCharsets;
import org.antlr.v4.runtime.Token;

/** PostgreSQL's spelling of identifiers: folded to lower case unless quoted, at most 63 bytes. */
public final class Identifiers {
    private static final int MOST_BYTES = 63;

    private Identifiers() {
    }

    /** The name that an identifier or keyword stands for. */
    public static String of(Source source, Token token) {
        String text = token.getText();
        if (token.getType() != PostgresLexer.QuotedIdentifier) {
            return truncate(fold(text));
        }
        if (text.length() == 2) {
            throw source.error(ErrorCode.SYNTAX_ERROR, token, "zero-length delimited identifier at or near \"\"\"\"");
        }
        return truncate(text.substring(1, text.length() - 1).replace("\"\"", "\""));
    }

    /** Only ASCII letters are folded, as PostgreSQL does in a UTF-8 database. */
    static String fold(String identifier) {
        StringBuilder folded = new StringBuilder(identifier);
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    /** A longer name loses its end, never half of a character. */
    public static String truncate(String name) {
        if (name.length() * 3 <= MOST_BYTES || name.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES) {
            return name;
        }
        int bytes = 0;
        int end = 0;
        while (end < name.length()) {
            int codePoint = name.codePointAt(end);
            bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (bytes > MOST_BYTES) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return name.substring(0, end);
    }
}
