package io.freshet.parser;

import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.grammar.PostgresParser.FunctionNameContext;
import io.freshet.parser.grammar.PostgresParser.IdentifierContext;
import io.freshet.parser.grammar.PostgresParser.LabelContext;
import io.freshet.parser.grammar.PostgresParser.NameContext;
import io.freshet.parser.grammar.PostgresParser.NamesContext;
import io.freshet.parser.grammar.PostgresParser.QualifiedNameContext;
import io.freshet.parser.text.Identifiers;
import io.freshet.parser.text.Source;
import io.freshet.parser.text.StringDecoder;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/** Names as PostgreSQL stores them, and identifiers made of them. */
final class Names {
    private final Source source;

    Names(Source source) {
        this.source = source;
    }

    /** Of any rule that is one word: a name, a label, a function's name. */
    String text(ParserRuleContext word) {
        Token first = word.getStart();
        if (first.getType() == PostgresLexer.QuotedUnicodeIdentifier) {
            IdentifierContext identifier = identifierIn(word);
            Token escape = identifier.UESCAPE() == null ? null : identifier.String().getSymbol();
            return Identifiers.truncate(new StringDecoder(source).unicode(first, escape));
        }
        return Identifiers.of(source, first);
    }

    private static IdentifierContext identifierIn(ParserRuleContext word) {
        ParserRuleContext rule = word;
        while (!(rule instanceof IdentifierContext identifier)) {
            rule = (ParserRuleContext) rule.getChild(0);
        }
        return identifier;
    }

    SqlIdentifier identifier(ParserRuleContext word) {
        return new SqlIdentifier(text(word), source.pos(word));
    }

    SqlIdentifier qualified(QualifiedNameContext rule) {
        return dotted(rule, rule.name(), rule.label());
    }

    SqlIdentifier function(FunctionNameContext rule) {
        return rule.typeOrFunctionWord() != null
                ? identifier(rule.typeOrFunctionWord())
                : dotted(rule, rule.name(), rule.label());
    }

    private SqlIdentifier dotted(ParserRuleContext whole, NameContext first, List<LabelContext> rest) {
        List<ParserRuleContext> words = new ArrayList<>(List.of(first));
        words.addAll(rest);
        return new SqlIdentifier(words.stream().map(this::text).toList(), null, source.pos(whole),
                words.stream().map(source::pos).toList());
    }

    List<SqlNode> list(NamesContext rule) {
        return rule.name().stream().<SqlNode>map(this::identifier).toList();
    }

    SqlNodeList nodeList(NamesContext rule) {
        return new SqlNodeList(list(rule), source.pos(rule));
    }
}
