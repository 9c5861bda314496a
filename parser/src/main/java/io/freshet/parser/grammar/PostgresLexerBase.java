package io.freshet.parser.grammar;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.Lexer;

/**
 * What PostgreSQL's lexical rules say in words: where an operator ends, nested comments, dollar quotes, which identifiers are keywords. The
 * methods are called when a rule has matched; they may give text back or take more.
 */
public abstract class PostgresLexerBase extends Lexer {
    private static final int LONGEST_OPERATOR = 63;
    private static final String ONLY_IN_OTHER_OPERATORS = "~!@#%^&|`?";

    protected PostgresLexerBase(CharStream input) {
        super(input);
    }

    public static boolean isKeyword(int tokenType) {
        return Keywords.TYPES.containsValue(tokenType);
    }

    /** An identifier that spells a keyword is that keyword. */
    protected void keyword() {
        Integer type = Keywords.TYPES.get(getText().toUpperCase(Locale.ROOT));
        if (type != null) {
            setType(type);
        }
    }

    /**
     * The longest run of operator characters is cut where a comment begins, and loses trailing {@code +} and {@code -} unless it has a
     * character that no operator of the SQL standard has: {@code a=-1} is {@code a = -1}, but {@code @-} is one operator.
     */
    protected void operator() {
        String run = getText();
        int length = run.length();
        for (int i = 1; i < length - 1; i++) {
            if (run.startsWith("/*", i) || run.startsWith("--", i)) {
                length = i;
            }
        }
        if (run.substring(0, length).chars().noneMatch(c -> ONLY_IN_OTHER_OPERATORS.indexOf(c) >= 0)) {
            while (length > 1 && (run.charAt(length - 1) == '+' || run.charAt(length - 1) == '-')) {
                length--;
            }
        }
        if (length > LONGEST_OPERATOR) {
            throw error("operator too long", getCharIndex() - run.length());
        }
        _input.seek(_tokenStartCharIndex + length);
        setType(operatorType(run.substring(0, length)));
    }

    private static int operatorType(String operator) {
        return switch (operator) {
            case "+" -> PostgresLexer.Plus;
            case "-" -> PostgresLexer.Minus;
            case "*" -> PostgresLexer.Star;
            case "/" -> PostgresLexer.Slash;
            case "%" -> PostgresLexer.Percent;
            case "^" -> PostgresLexer.Caret;
            case "<" -> PostgresLexer.Less;
            case ">" -> PostgresLexer.Greater;
            case "=" -> PostgresLexer.Equal;
            case "<=" -> PostgresLexer.LessEqual;
            case ">=" -> PostgresLexer.GreaterEqual;
            case "<>", "!=" -> PostgresLexer.NotEqual;
            case "=>" -> PostgresLexer.EqualGreater;
            default -> PostgresLexer.Operator;
        };
    }

    protected void blockComment() {
        _input.seek(_tokenStartCharIndex + 2);
        for (int depth = 1; depth > 0;) {
            if (lookingAt("*/")) {
                skip(2);
                depth--;
            } else if (lookingAt("/*")) {
                skip(2);
                depth++;
            } else if (_input.LA(1) == EOF) {
                throw error("unterminated /* comment", _tokenStartCharIndex);
            } else {
                _input.consume();
            }
        }
    }

    protected void dollarString() {
        String delimiter = getText();
        while (!lookingAt(delimiter)) {
            if (_input.LA(1) == EOF) {
                throw unterminatedAt("dollar-quoted string");
            }
            _input.consume();
        }
        skip(delimiter.length());
    }

    protected void unterminated(String what) {
        throw unterminatedAt(what);
    }

    protected void junk(String after) {
        throw error("trailing junk after " + after + " at or near \"" + getText() + "\"", _tokenStartCharIndex);
    }

    private boolean lookingAt(String expected) {
        for (int i = 0; i < expected.length(); i++) {
            if (_input.LA(i + 1) != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void skip(int characters) {
        _input.seek(_input.index() + characters);
    }

    private FreshetException unterminatedAt(String what) {
        String rest = _input.toString().substring(_tokenStartCharIndex);
        String shown = rest.length() <= 30 ? rest : rest.substring(0, 30) + "..";
        return error("unterminated " + what + " at or near \"" + shown + "\"", _tokenStartCharIndex);
    }

    private FreshetException error(String message, int offset) {
        return FreshetException.of(ErrorCode.SYNTAX_ERROR, message).at(SourcePosition.of(_input.toString(), offset));
    }

    /** The vocabulary's names in capitals are the keywords; the other tokens have names in mixed case. */
    private static final class Keywords {
        private static final Map<String, Integer> TYPES = new HashMap<>();

        static {
            for (int type = 1; type <= PostgresLexer.VOCABULARY.getMaxTokenType(); type++) {
                String name = PostgresLexer.VOCABULARY.getSymbolicName(type);
                if (name != null && name.equals(name.toUpperCase(Locale.ROOT))) {
                    TYPES.put(name, type);
                }
            }
        }
    }
}
