package io.freshet.planner.print;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Names and values as they stand in SQL text. No SQL of this project is put together from names or values that have not passed here.
 * What comes out is on one line, so that a text can be indented without changing a value.
 * What PostgreSQL could not hold, or would silently change, is refused with {@link ErrorCode#INVALID_QUERY}.
 */
public final class Quoting {
    /** PostgreSQL cuts longer names off: NAMEDATALEN - 1. */
    public static final int MAX_IDENTIFIER_BYTES = 63;

    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

    private Quoting() {
    }

    /**
     * The name as an identifier, in quotes only where it would otherwise be read as something else.
     *
     * @throws FreshetException for a name that PostgreSQL cannot have: empty, with a NUL, or longer than 63 bytes
     */
    public static String identifier(String name) {
        if (name.isEmpty()) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "a name cannot be empty");
        }
        checkText(name, "a name");
        if (bytes(name) > MAX_IDENTIFIER_BYTES) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "the name \"" + name + "\" is longer than 63 bytes")
                    .withHint("PostgreSQL would cut it to \"" + clip(name, MAX_IDENTIFIER_BYTES) + "\".");
        }
        if (PLAIN.matcher(name).matches() && !Keywords.needsQuotes(name)) {
            return name;
        }
        String quoted = '"' + name.replace("\"", "\"\"") + '"';
        return hasLineBreak(name) ? "U&" + quoted.replace("\\", "\\\\").replace("\n", "\\000a").replace("\r", "\\000d") : quoted;
    }

    /** The name of a relation, always with its schema. */
    public static String table(TableName table) {
        return identifier(table.schema()) + '.' + identifier(table.name());
    }

    /**
     * The text as a string literal that means the same whatever {@code standard_conforming_strings} says.
     *
     * @throws FreshetException for text with a NUL or half a surrogate pair, which no PostgreSQL value can hold
     */
    public static String literal(String text) {
        checkText(text, "a text value");
        String quoted = '\'' + text.replace("'", "''") + '\'';
        if (text.indexOf('\\') < 0 && !hasLineBreak(text)) {
            return quoted;
        }
        return 'E' + quoted.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    /** The number; a negative one binds like a unary minus, so the caller puts parentheses before {@code ::}. */
    public static String literal(long value) {
        return Long.toString(value);
    }

    /** The longest beginning of {@code name} that has at most {@code maxBytes} bytes, cut between characters as PostgreSQL cuts. */
    public static String clip(String name, int maxBytes) {
        int length = 0;
        int end = 0;
        while (end < name.length()) {
            int character = name.codePointAt(end);
            length += utf8Length(character);
            if (length > maxBytes) {
                return name.substring(0, end);
            }
            end += Character.charCount(character);
        }
        return name;
    }

    private static boolean hasLineBreak(String text) {
        return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
    }

    private static int bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }

    private static int utf8Length(int character) {
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x10000 ? 3 : 4;
    }

    private static void checkText(String text, String what) {
        if (text.indexOf('\0') >= 0) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, what + " cannot hold the character NUL");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, what + " cannot hold half a surrogate pair");
        }
    }
}
