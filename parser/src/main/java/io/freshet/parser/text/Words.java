package io.freshet.parser.text;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.grammar.PostgresLexerBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.antlr.v4.runtime.Token;

/** Reads a statement word by word. The words of statements are not keywords of the query's grammar: they are compared as text. */
public final class Words {
    private final Source source;
    private final List<Token> tokens;
    private final StringDecoder strings;
    private int next;

    public Words(Source source) {
        this.source = source;
        this.tokens = source.tokens();
        this.strings = new StringDecoder(source);
    }

    public Source source() {
        return source;
    }

    public Token peek() {
        return tokens.get(next);
    }

    /** Where the next word stands among the words. */
    public int index() {
        return next;
    }

    public boolean atEnd() {
        return peek().getType() == Token.EOF;
    }

    public SourcePosition position() {
        return source.position(peek());
    }

    public Token take() {
        Token token = peek();
        if (token.getType() != Token.EOF) {
            next++;
        }
        return token;
    }

    /** Whether these words come next, unquoted and in any case. */
    public boolean ahead(String... words) {
        for (int i = 0; i < words.length; i++) {
            Token token = tokens.get(Math.min(next + i, tokens.size() - 1));
            if (!isWord(token) || !token.getText().equalsIgnoreCase(words[i])) {
                return false;
            }
        }
        return true;
    }

    /** Takes these words if they come next. */
    public boolean take(String... words) {
        if (!ahead(words)) {
            return false;
        }
        next += words.length;
        return true;
    }

    public void expect(String... words) {
        for (String word : words) {
            if (!take(word)) {
                throw source.syntaxError(peek());
            }
        }
    }

    public boolean ahead(int tokenType) {
        return peek().getType() == tokenType;
    }

    public boolean take(int tokenType) {
        if (!ahead(tokenType)) {
            return false;
        }
        next++;
        return true;
    }

    public void expect(int tokenType) {
        if (!take(tokenType)) {
            throw source.syntaxError(peek());
        }
    }

    public void expectEnd() {
        if (!atEnd()) {
            throw source.syntaxError(peek());
        }
    }

    private static boolean isWord(Token token) {
        return token.getType() == PostgresLexer.Identifier || PostgresLexerBase.isKeyword(token.getType());
    }

    /** A name of one part. */
    public String name() {
        Token token = peek();
        if (token.getType() == PostgresLexer.QuotedUnicodeIdentifier) {
            take();
            return Identifiers.truncate(strings.unicode(token, null));
        }
        if (!isWord(token) && token.getType() != PostgresLexer.QuotedIdentifier) {
            throw source.syntaxError(token);
        }
        return Identifiers.of(source, take());
    }

    public QualifiedName qualifiedName() {
        SourcePosition position = position();
        List<String> parts = new ArrayList<>(List.of(name()));
        while (take(PostgresLexer.Dot)) {
            parts.add(name());
        }
        return new QualifiedName(parts, position);
    }

    /** {@code (a, b)}. */
    public List<String> parenthesizedNames() {
        expect(PostgresLexer.OpenParen);
        List<String> names = new ArrayList<>();
        do {
            names.add(name());
        } while (take(PostgresLexer.Comma));
        expect(PostgresLexer.CloseParen);
        return names;
    }

    /** A string constant, if one comes next. */
    public Optional<String> string() {
        return switch (peek().getType()) {
            case PostgresLexer.String, PostgresLexer.EscapeString, PostgresLexer.DollarString ->
                Optional.of(strings.decode(take()));
            default -> Optional.empty();
        };
    }

    /** Takes words up to a comma, a closing parenthesis or the end, or one that {@code stop} accepts, outside of parentheses. */
    public void skipUntil(Predicate<Token> stop) {
        int depth = 0;
        while (!atEnd()) {
            switch (peek().getType()) {
                case PostgresLexer.OpenParen, PostgresLexer.OpenBracket, PostgresLexer.CASE -> depth++;
                case PostgresLexer.CloseParen, PostgresLexer.CloseBracket, PostgresLexer.END -> {
                    if (depth == 0) {
                        return;
                    }
                    depth--;
                }
                default -> {
                    if (depth == 0 && (peek().getType() == PostgresLexer.Comma || stop.test(peek()))) {
                        return;
                    }
                }
            }
            next++;
        }
    }

    /** {@code ( .. )}, and the text inside. */
    public String parenthesizedText() {
        expect(PostgresLexer.OpenParen);
        Token first = peek();
        int start = next;
        skipUntil(t -> false);
        while (take(PostgresLexer.Comma)) {
            skipUntil(t -> false);
        }
        Token last = tokens.get(Math.max(start, next - 1));
        String text = next == start ? "" : source.text(first, last);
        expect(PostgresLexer.CloseParen);
        return text;
    }

    /** All that is left, as a query; these words may stand after it. */
    public QueryText query(String... after) {
        Token first = peek();
        int end = tokens.size() - 1;
        next = Math.max(next, end - after.length);
        end = after.length > 0 && ahead(after) ? next : end;
        next = tokens.size() - 1;
        if (first.getType() == Token.EOF) {
            throw FreshetException.of(ErrorCode.EMPTY_QUERY, "the statement holds no query").at(source.position(first));
        }
        return new QueryText(source.text(first, tokens.get(end - 1)), first.getStartIndex());
    }
}
