package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.grammar.PostgresParser.ArrayBoundsContext;
import io.freshet.parser.grammar.PostgresParser.GenericTypeContext;
import io.freshet.parser.grammar.PostgresParser.IntervalFieldsContext;
import io.freshet.parser.grammar.PostgresParser.KeywordTypeContext;
import io.freshet.parser.grammar.PostgresParser.TypeModifiersContext;
import io.freshet.parser.grammar.PostgresParser.TypeNameContext;
import io.freshet.parser.text.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Type names. */
final class Types {
    private final Source source;
    private final Names names;

    Types(Source source, Names names) {
        this.source = source;
        this.names = names;
    }

    PgTypeName type(TypeNameContext rule) {
        if (rule.SETOF() != null) {
            throw source.error(ErrorCode.SYNTAX_ERROR, rule.getStart(), "a type with SETOF cannot be used here");
        }
        PgTypeName element = rule.keywordType() != null
                ? ofColumn(rule.keywordType())
                : rule.genericType() != null
                        ? generic(rule.genericType())
                        : rule.Integer() != null
                                ? interval(rule.Integer().getSymbol())
                                : interval(Optional.ofNullable(rule.intervalFields()));
        return element.array(dimensions(rule.arrayBounds()));
    }

    private static int dimensions(@Nullable ArrayBoundsContext bounds) {
        if (bounds == null) {
            return 0;
        }
        return bounds.ARRAY() != null ? 1 : bounds.OpenBracket().size();
    }

    private PgTypeName generic(GenericTypeContext rule) {
        List<String> parts = new ArrayList<>(List.of(names.text(rule.typeOrFunctionWord())));
        rule.label().forEach(l -> parts.add(names.text(l)));
        return named(parts, Optional.ofNullable(rule.typeModifiers()));
    }

    private PgTypeName named(List<String> parts, Optional<TypeModifiersContext> modifiers) {
        return new PgTypeName(parts, modifiers.map(this::modifiers).orElse(List.of()), Optional.empty(), 0);
    }

    private List<String> modifiers(TypeModifiersContext rule) {
        return rule.exprs().expr().stream().map(source::text).toList();
    }

    /** {@code char} is {@code char(1)} and {@code bit} is {@code bit(1)}. */
    private PgTypeName ofColumn(KeywordTypeContext rule) {
        PgTypeName type = ofLiteral(rule);
        String internal = type.name().getLast();
        boolean one = (internal.equals("bpchar") || internal.equals("bit")) && type.modifiers().isEmpty();
        return one ? PgTypeName.system(internal, "1") : type;
    }

    /** As it is before a literal, where {@code char} and {@code bit} take the literal's length. */
    PgTypeName ofLiteral(KeywordTypeContext rule) {
        Token first = rule.getStart();
        boolean varying = rule.VARYING() != null;
        return switch (first.getType()) {
            case PostgresLexer.INT, PostgresLexer.INTEGER -> PgTypeName.system("int4");
            case PostgresLexer.SMALLINT -> PgTypeName.system("int2");
            case PostgresLexer.BIGINT -> PgTypeName.system("int8");
            case PostgresLexer.REAL -> PgTypeName.system("float4");
            case PostgresLexer.DOUBLE -> PgTypeName.system("float8");
            case PostgresLexer.FLOAT -> PgTypeName.system(floatOf(rule.Integer()));
            case PostgresLexer.BOOLEAN -> PgTypeName.system("bool");
            case PostgresLexer.JSON -> PgTypeName.system("json");
            case PostgresLexer.DECIMAL, PostgresLexer.DEC, PostgresLexer.NUMERIC -> system("numeric", rule.typeModifiers());
            case PostgresLexer.BIT -> system(varying ? "varbit" : "bit", rule.typeModifiers());
            case PostgresLexer.TIMESTAMP -> system(withZone(rule) ? "timestamptz" : "timestamp", rule.Integer());
            case PostgresLexer.TIME -> system(withZone(rule) ? "timetz" : "time", rule.Integer());
            default -> system(varying || first.getType() == PostgresLexer.VARCHAR ? "varchar" : "bpchar", rule.Integer());
        };
    }

    private static boolean withZone(KeywordTypeContext rule) {
        return rule.WITH() != null;
    }

    private String floatOf(@Nullable TerminalNode precision) {
        if (precision == null) {
            return "float8";
        }
        int bits = precision.getText().length() > 3 ? Integer.MAX_VALUE : Integer.parseInt(precision.getText());
        if (bits < 1 || bits > 53) {
            throw source.error(ErrorCode.SYNTAX_ERROR, precision.getSymbol(),
                    "precision for type float must be between 1 and 53 bits");
        }
        return bits <= 24 ? "float4" : "float8";
    }

    private PgTypeName system(String name, @Nullable TypeModifiersContext modifiers) {
        return named(PgTypeName.system(name).name(), Optional.ofNullable(modifiers));
    }

    private static PgTypeName system(String name, @Nullable TerminalNode modifier) {
        return modifier == null ? PgTypeName.system(name) : PgTypeName.system(name, modifier.getText());
    }

    PgTypeName interval(Token precision) {
        return PgTypeName.system("interval", precision.getText());
    }

    PgTypeName interval(Optional<IntervalFieldsContext> fields) {
        if (fields.isEmpty()) {
            return PgTypeName.system("interval");
        }
        IntervalFieldsContext rule = fields.get();
        List<String> words = new ArrayList<>();
        List<String> precision = new ArrayList<>();
        for (int i = 0; i < rule.getChildCount(); i++) {
            words.add(rule.getChild(i).getText().replaceAll("\\(.*", "").toLowerCase(Locale.ROOT));
        }
        if (rule.intervalSecond() != null && rule.intervalSecond().Integer() != null) {
            precision.add(rule.intervalSecond().Integer().getText());
        }
        return new PgTypeName(PgTypeName.system("interval").name(), precision, Optional.of(String.join(" ", words)), 0);
    }

    /** The type that a function's name with arguments turns out to be: {@code geometry(Point, 4326) '..'}. */
    PgTypeName named(List<String> parts, List<String> modifiers) {
        return new PgTypeName(parts, modifiers, Optional.empty(), 0);
    }
}
