package io.freshet.parser.text;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.grammar.PostgresLexer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** The values of string tokens: quotes doubled, escapes, continued on a next line. */
public final class StringDecoder {
    private final Source source;

    public StringDecoder(Source source) {
        this.source = source;
    }

    public String decode(Token token) {
        String text = token.getText();
        return switch (token.getType()) {
            case PostgresLexer.String -> plain(text, 0);
            case PostgresLexer.NationalString, PostgresLexer.BitString, PostgresLexer.HexString -> plain(text, 1);
            case PostgresLexer.DollarString -> {
                int delimiter = text.indexOf('$', 1) + 1;
                yield text.substring(delimiter, text.length() - delimiter);
            }
            case PostgresLexer.EscapeString -> escaped(token);
            default -> throw new IllegalArgumentException("not a string: " + text);
        };
    }

    /** A quoted text (string or identifier) with Unicode escapes, {@code U&'..' UESCAPE '!'}. */
    public String unicode(Token token, @Nullable Token escapeString) {
        char escape = '\\';
        if (escapeString != null) {
            String given = plain(escapeString.getText(), 0);
            if (given.length() != 1 || "+'\" \t\n\r\f".contains(given) || Character.digit(given.charAt(0), 16) >= 0) {
                throw source.error(ErrorCode.SYNTAX_ERROR, escapeString, "invalid Unicode escape character");
            }
            escape = given.charAt(0);
        }
        String text = token.getText();
        String body = token.getType() == PostgresLexer.UnicodeString
                ? plain(text, 2)
                : text.substring(3, text.length() - 1).replace("\"\"", "\"");
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < body.length(); i++) {
            if (body.charAt(i) != escape) {
                value.append(body.charAt(i));
            } else if (body.startsWith(String.valueOf(escape), i + 1)) {
                value.append(escape);
                i++;
            } else {
                boolean longForm = body.startsWith("+", i + 1);
                int digits = longForm ? 6 : 4;
                int start = longForm ? i + 2 : i + 1;
                appendCodePoint(value, hex(body, start, digits), token.getStartIndex());
                i = start + digits - 1;
            }
        }
        return checked(value, token.getStartIndex());
    }

    /** Parts in single quotes; between them only space and comments. */
    private static String plain(String text, int start) {
        StringBuilder value = new StringBuilder();
        int i = text.indexOf('\'', start) + 1;
        while (true) {
            int quote = text.indexOf('\'', i);
            value.append(text, i, quote);
            if (text.startsWith("'", quote + 1)) {
                value.append('\'');
                i = quote + 2;
            } else if (quote + 1 == text.length()) {
                return value.toString();
            } else {
                i = nextPart(text, quote + 1);
            }
        }
    }

    /** The index after the quote that opens the next part; a comment before it may hold quotes. */
    private static int nextPart(String text, int after) {
        int i = after;
        while (text.charAt(i) != '\'') {
            if (text.startsWith("--", i)) {
                while (text.charAt(i) != '\n' && text.charAt(i) != '\r') {
                    i++;
                }
            }
            i++;
        }
        return i + 1;
    }

    private String escaped(Token token) {
        String text = token.getText();
        int offset = token.getStartIndex();
        StringBuilder value = new StringBuilder();
        // Octal and hexadecimal escapes are bytes; a run of them is decoded when it ends.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int i = text.indexOf('\'') + 1;
        while (true) {
            char c = text.charAt(i);
            boolean isByte = c == '\\' && (text.charAt(i + 1) >= '0' && text.charAt(i + 1) <= '7'
                    || text.charAt(i + 1) == 'x' && Character.digit(text.charAt(i + 2), 16) >= 0);
            if (!isByte && bytes.size() > 0) {
                value.append(utf8(bytes, offset + i));
            }
            if (c == '\'') {
                if (text.startsWith("'", i + 1)) {
                    value.append('\'');
                    i += 2;
                } else if (i + 1 == text.length()) {
                    return checked(value, offset);
                } else {
                    i = nextPart(text, i + 1);
                }
            } else if (c != '\\') {
                value.append(c);
                i++;
            } else if (isByte) {
                i = appendByte(text, i + 1, bytes);
            } else {
                i = appendEscape(text, i + 1, value, offset);
            }
        }
    }

    private static int appendByte(String text, int at, ByteArrayOutputStream bytes) {
        boolean hex = text.charAt(at) == 'x';
        int radix = hex ? 16 : 8;
        int i = hex ? at + 1 : at;
        int end = i + (hex ? 2 : 3);
        int value = 0;
        while (i < end && Character.digit(text.charAt(i), radix) >= 0) {
            value = value * radix + Character.digit(text.charAt(i), radix);
            i++;
        }
        bytes.write(value);
        return i;
    }

    private int appendEscape(String text, int at, StringBuilder value, int offset) {
        char kind = text.charAt(at);
        switch (kind) {
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 't' -> value.append('\t');
            case 'v' -> value.append('\u000B');
            case 'u', 'U' -> {
                int digits = kind == 'u' ? 4 : 8;
                appendCodePoint(value, hex(text, at + 1, digits), offset + at - 1);
                return at + 1 + digits;
            }
            default -> value.append(kind);
        }
        return at + 1;
    }

    /** -1 when there are no such digits. */
    private static int hex(String text, int start, int digits) {
        int value = 0;
        for (int i = start; i < start + digits; i++) {
            int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0 || value > 0xFFFFFF) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }

    private void appendCodePoint(StringBuilder value, int codePoint, int offset) {
        if (codePoint <= 0 || codePoint > Character.MAX_CODE_POINT) {
            throw invalid("invalid Unicode escape", offset);
        }
        // Two escapes may be the two halves of a surrogate pair: appended one by one they make one character.
        value.append(codePoint > 0xFFFF ? Character.toString(codePoint) : String.valueOf((char) codePoint));
    }

    private String utf8(ByteArrayOutputStream bytes, int offset) {
        try {
            String decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
            bytes.reset();
            return decoded;
        } catch (CharacterCodingException e) {
            throw invalid("invalid byte sequence for encoding \"UTF8\"", offset).causedBy(e);
        }
    }

    private String checked(StringBuilder value, int offset) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean pair = Character.isHighSurrogate(c) && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1));
            if (c == 0) {
                throw invalid("invalid byte sequence for encoding \"UTF8\": 0x00", offset);
            }
            if (Character.isSurrogate(c) && !pair) {
                throw invalid("invalid Unicode surrogate pair", offset);
            }
            i += pair ? 1 : 0;
        }
        return value.toString();
    }

    private FreshetException invalid(String message, int offset) {
        return FreshetException.of(ErrorCode.SYNTAX_ERROR, message).at(SourcePosition.of(source.sql(), offset));
    }
}
