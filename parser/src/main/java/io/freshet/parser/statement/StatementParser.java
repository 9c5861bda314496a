package io.freshet.parser.statement;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.statement.StreamTableStatement.Alter;
import io.freshet.parser.statement.StreamTableStatement.Change;
import io.freshet.parser.statement.StreamTableStatement.Create;
import io.freshet.parser.statement.StreamTableStatement.Dependents;
import io.freshet.parser.statement.StreamTableStatement.Drop;
import io.freshet.parser.statement.StreamTableStatement.Explain;
import io.freshet.parser.statement.StreamTableStatement.ExplainCreate;
import io.freshet.parser.statement.StreamTableStatement.Format;
import io.freshet.parser.statement.StreamTableStatement.IfMissing;
import io.freshet.parser.statement.StreamTableStatement.IfTaken;
import io.freshet.parser.statement.StreamTableStatement.Option;
import io.freshet.parser.statement.StreamTableStatement.Refresh;
import io.freshet.parser.text.QualifiedName;
import io.freshet.parser.text.Source;
import io.freshet.parser.text.Words;
import java.util.LinkedHashMap;
import java.util.Map;
import org.antlr.v4.runtime.Token;

/** Reads one statement about a stream table. */
public final class StatementParser {
    private final Words words;

    private StatementParser(Words words) {
        this.words = words;
    }

    /**
     * The one statement in {@code sql}; a semicolon may follow it. The query inside is not read.
     *
     * @throws FreshetException SYNTAX_ERROR, EMPTY_QUERY or MULTIPLE_STATEMENTS, with the position
     */
    public static StreamTableStatement parse(String sql) {
        Source source = Source.of(sql);
        Token first = source.firstToken();
        if (first.getType() == Token.EOF) {
            throw FreshetException.of(ErrorCode.EMPTY_QUERY, "the text holds no statement").at(source.position(first));
        }
        source.dropFinalSemicolon();
        StatementParser parser = new StatementParser(new Words(source));
        StreamTableStatement statement = parser.statement();
        parser.words.expectEnd();
        return statement;
    }

    private StreamTableStatement statement() {
        if (words.ahead("CREATE")) {
            return create();
        }
        if (words.take("ALTER")) {
            words.expect("STREAM", "TABLE");
            return new Alter(words.qualifiedName(), change());
        }
        if (words.take("DROP")) {
            words.expect("STREAM", "TABLE");
            return drop();
        }
        if (words.take("REFRESH")) {
            words.expect("STREAM", "TABLE");
            return new Refresh(words.qualifiedName());
        }
        words.expect("EXPLAIN");
        Format format = format();
        if (words.ahead("CREATE")) {
            return new ExplainCreate(create(), format);
        }
        words.expect("STREAM", "TABLE");
        return new Explain(words.qualifiedName(), format);
    }

    private Create create() {
        words.expect("CREATE");
        SourcePosition at = words.position();
        boolean replace = words.take("OR", "REPLACE");
        words.expect("STREAM", "TABLE");
        boolean keep = words.take("IF", "NOT", "EXISTS");
        if (replace && keep) {
            throw FreshetException.of(ErrorCode.SYNTAX_ERROR, "OR REPLACE and IF NOT EXISTS exclude each other").at(at);
        }
        QualifiedName name = words.qualifiedName();
        Map<String, Option> options = words.take("WITH") ? options() : Map.of();
        words.expect("AS");
        return new Create(name, options, words.query(), replace ? IfTaken.REPLACE : keep ? IfTaken.KEEP : IfTaken.FAIL);
    }

    private Change change() {
        if (words.take("SET")) {
            return new Change.Set(options());
        }
        if (words.take("PAUSE")) {
            return new Change.Pause();
        }
        if (words.take("RESUME")) {
            return new Change.Resume();
        }
        words.expect("AS");
        return new Change.Redefine(words.query());
    }

    private Drop drop() {
        IfMissing ifMissing = words.take("IF", "EXISTS") ? IfMissing.SKIP : IfMissing.FAIL;
        QualifiedName name = words.qualifiedName();
        if (words.take("CASCADE")) {
            return new Drop(name, ifMissing, Dependents.CASCADE);
        }
        words.take("RESTRICT");
        return new Drop(name, ifMissing, Dependents.RESTRICT);
    }

    private Format format() {
        if (!words.take(PostgresLexer.OpenParen)) {
            return Format.TEXT;
        }
        words.expect("FORMAT");
        Format format = words.take("JSON") ? Format.JSON : Format.TEXT;
        if (format == Format.TEXT) {
            words.expect("TEXT");
        }
        words.expect(PostgresLexer.CloseParen);
        return format;
    }

    private Map<String, Option> options() {
        words.expect(PostgresLexer.OpenParen);
        Map<String, Option> options = new LinkedHashMap<>();
        do {
            SourcePosition at = words.position();
            String name = words.name();
            words.expect(PostgresLexer.Equal);
            if (options.put(name, value()) != null) {
                throw FreshetException.of(ErrorCode.SYNTAX_ERROR, "option \"" + name + "\" is given twice").at(at);
            }
        } while (words.take(PostgresLexer.Comma));
        words.expect(PostgresLexer.CloseParen);
        return options;
    }

    private Option value() {
        SourcePosition at = words.position();
        return new Option(words.string().orElseGet(this::wordOrNumber), at);
    }

    private String wordOrNumber() {
        String sign = words.take(PostgresLexer.Minus) ? "-" : "";
        if (words.ahead(PostgresLexer.Integer) || words.ahead(PostgresLexer.Numeral)) {
            return sign + words.take().getText();
        }
        if (!sign.isEmpty()) {
            throw words.source().syntaxError(words.peek());
        }
        return words.name();
    }
}
