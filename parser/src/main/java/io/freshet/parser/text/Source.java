package io.freshet.parser.text;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.grammar.PostgresParser;
import io.freshet.parser.grammar.SqlText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/** A text, its words, its positions and the errors in it. */
public final class Source {
    /** Far above what people and generators write, far below what a thread's stack holds. */
    public static final int DEEPEST_NESTING = 400;

    private final String sql;
    /** Without space and comments; the last one is EOF. */
    private final List<Token> tokens;
    private final int[] lineStarts;

    private Source(String sql, List<Token> tokens) {
        this.sql = sql;
        this.tokens = tokens;
        this.lineStarts = lineStarts(sql);
    }

    public static Source of(String sql) {
        PostgresLexer lexer = new PostgresLexer(new SqlText(sql));
        lexer.removeErrorListeners();
        List<Token> tokens = new ArrayList<>();
        for (Token token = lexer.nextToken();; token = lexer.nextToken()) {
            if (token.getChannel() == Token.DEFAULT_CHANNEL) {
                tokens.add(token);
            }
            if (token.getType() == Token.EOF) {
                return new Source(sql, tokens);
            }
        }
    }

    private static int[] lineStarts(String sql) {
        List<Integer> starts = new ArrayList<>(List.of(0));
        for (int newline = sql.indexOf('\n'); newline >= 0; newline = sql.indexOf('\n', newline + 1)) {
            starts.add(newline + 1);
        }
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The words, EOF last. */
    public List<Token> tokens() {
        return Collections.unmodifiableList(tokens);
    }

    /** A part of the text, from one word up to another that is not part of it. Positions stay those of the whole. */
    public Source part(int first, int end) {
        List<Token> part = new ArrayList<>(tokens.subList(first, end));
        CommonToken last = new CommonToken(tokens.get(end));
        last.setType(Token.EOF);
        part.add(last);
        return new Source(sql, part);
    }

    /** The first token that is not a semicolon. */
    public Token firstToken() {
        return tokens.stream().filter(t -> t.getType() != PostgresLexer.Semicolon).findFirst().orElseThrow();
    }

    /** Leaves a text without semicolons, or refuses it. */
    public void dropFinalSemicolon() {
        boolean ended = false;
        for (Token token : tokens) {
            if (token.getType() == PostgresLexer.Semicolon) {
                ended = true;
            } else if (ended && token.getType() != Token.EOF) {
                throw error(ErrorCode.MULTIPLE_STATEMENTS, token, "only one statement is allowed here");
            }
        }
        tokens.removeIf(t -> t.getType() == PostgresLexer.Semicolon);
    }

    /** Where the first semicolon is that is one: an offset in UTF-16 code units. */
    public Optional<Integer> semicolon() {
        return tokens.stream().filter(t -> t.getType() == PostgresLexer.Semicolon).findFirst().map(t -> position(t).offset());
    }

    /**
     * Prediction is SLL: without the calls that lead to a rule, which is fast also on a text of 100 kB. In theory it can refuse what the
     * grammar allows; over PostgreSQL's own regression queries and random ones it did not.
     */
    public <T extends ParserRuleContext> T parse(Function<PostgresParser, T> rule) {
        checkNesting();
        PostgresParser parser = new PostgresParser(new CommonTokenStream(new ListTokenSource(tokens)));
        parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
        parser.removeErrorListeners();
        parser.addErrorListener(new BaseErrorListener() {
            @Override
            public void syntaxError(Recognizer<?, ?> recognizer, Object offending, int line, int column, String message,
                    RecognitionException cause) {
                throw Source.this.syntaxError((Token) offending);
            }
        });
        return rule.apply(parser);
    }

    private void checkNesting() {
        int depth = 0;
        int prefixes = 0;
        for (Token token : tokens) {
            switch (token.getType()) {
                case PostgresLexer.NOT, PostgresLexer.Plus, PostgresLexer.Minus, PostgresLexer.Operator -> prefixes++;
                default -> prefixes = 0;
            }
            switch (token.getType()) {
                case PostgresLexer.OpenParen, PostgresLexer.OpenBracket, PostgresLexer.CASE -> depth++;
                case PostgresLexer.CloseParen, PostgresLexer.CloseBracket, PostgresLexer.END -> depth--;
                default -> {
                    // Not nesting.
                }
            }
            if (depth + prefixes > DEEPEST_NESTING) {
                throw error(ErrorCode.TOO_DEEP, token,
                        "the query is nested more than " + DEEPEST_NESTING + " levels deep");
            }
        }
    }

    public String sql() {
        return sql;
    }

    /** The first word of a rule, or the word itself. */
    public static Token token(ParseTree node) {
        return node instanceof TerminalNode terminal ? terminal.getSymbol() : ((ParserRuleContext) node).getStart();
    }

    /** The word that follows a word of the parsed text; EOF after the last. */
    public Token after(Token word) {
        return tokens.get(word.getTokenIndex() + 1);
    }

    /** What was written from one word to another, both included. */
    public String text(Token first, Token last) {
        return sql.substring(first.getStartIndex(), last.getStopIndex() + 1);
    }

    /** What was written for {@code rule}. */
    public String text(ParserRuleContext rule) {
        return sql.substring(rule.getStart().getStartIndex(), end(rule) + 1);
    }

    private static int end(ParserRuleContext rule) {
        Token stop = rule.getStop();
        return stop == null ? rule.getStart().getStopIndex() : Math.max(stop.getStopIndex(), rule.getStart().getStartIndex());
    }

    public SqlParserPos pos(ParserRuleContext rule) {
        return pos(rule.getStart().getStartIndex(), end(rule));
    }

    public SqlParserPos pos(Token token) {
        return pos(token.getStartIndex(), token.getStopIndex());
    }

    private SqlParserPos pos(int first, int last) {
        int line = line(first);
        int endLine = line(Math.max(first, last));
        return new SqlParserPos(line + 1, first - lineStarts[line] + 1, endLine + 1,
                Math.max(first, last) - lineStarts[endLine] + 1);
    }

    private int line(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found : -found - 2;
    }

    public SourcePosition position(Token token) {
        return SourcePosition.of(sql, token.getStartIndex());
    }

    public FreshetException error(ErrorCode code, Token at, String message) {
        return FreshetException.of(code, message).at(position(at));
    }

    public FreshetException syntaxError(Token at) {
        return at.getStartIndex() >= sql.length()
                ? FreshetException.of(ErrorCode.SYNTAX_ERROR, "syntax error at end of input")
                        .at(SourcePosition.of(sql, sql.length()))
                : error(ErrorCode.SYNTAX_ERROR, at, "syntax error at or near \"" + at.getText() + "\"");
    }

    /** PostgreSQL has {@code what}, Freshet does not. */
    public FreshetException unsupported(Token at, String what) {
        return error(ErrorCode.UNSUPPORTED_SYNTAX, at, what + " is not supported");
    }
}
