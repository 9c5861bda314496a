package io.freshet.parser.schema;

import io.freshet.errors.FreshetException;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.text.Source;
import io.freshet.parser.text.Words;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;

/** Reads a script of DDL. */
public final class SchemaScript {
    private SchemaScript() {
    }

    /**
     * The statements of {@code script} that describe a schema, in their order.
     *
     * @throws FreshetException SYNTAX_ERROR or UNSUPPORTED_SYNTAX, with the position in the script
     */
    public static List<SchemaStatement> parse(String script) {
        Source source = Source.of(DumpText.withoutData(script));
        List<SchemaStatement> statements = new ArrayList<>();
        List<Token> tokens = source.tokens();
        int start = 0;
        for (int i = 0; i < tokens.size(); i++) {
            boolean ends = tokens.get(i).getType() == PostgresLexer.Semicolon || tokens.get(i).getType() == Token.EOF;
            if (ends && i > start) {
                statements.addAll(new StatementReader(new Words(source.part(start, i))).read());
            }
            start = ends ? i + 1 : start;
        }
        return List.copyOf(statements);
    }
}
