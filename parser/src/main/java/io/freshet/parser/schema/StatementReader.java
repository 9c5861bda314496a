package io.freshet.parser.schema;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.schema.SchemaStatement.CreateCollation;
import io.freshet.parser.schema.SchemaStatement.CreateComposite;
import io.freshet.parser.schema.SchemaStatement.CreateDomain;
import io.freshet.parser.schema.SchemaStatement.CreateEnum;
import io.freshet.parser.schema.SchemaStatement.CreateSchema;
import io.freshet.parser.schema.SchemaStatement.CreateUniqueIndex;
import io.freshet.parser.schema.SchemaStatement.CreateView;
import io.freshet.parser.schema.SchemaStatement.Determinism;
import io.freshet.parser.schema.SchemaStatement.Enforcement;
import io.freshet.parser.schema.SchemaStatement.Field;
import io.freshet.parser.schema.SchemaStatement.Key;
import io.freshet.parser.schema.SchemaStatement.KeyKind;
import io.freshet.parser.schema.SchemaStatement.Nullability;
import io.freshet.parser.schema.SchemaStatement.NullsInKey;
import io.freshet.parser.schema.SchemaStatement.SetSearchPath;
import io.freshet.parser.schema.SchemaStatement.ViewKind;
import io.freshet.parser.schema.SchemaStatement.WhenTaken;
import io.freshet.parser.text.QualifiedName;
import io.freshet.parser.text.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.antlr.v4.runtime.Token;

/** Reads one statement of a script. */
final class StatementReader {
    /** Statements that say nothing about a schema, by their first word. */
    private static final List<String> NOISE = List.of("COMMENT", "GRANT", "REVOKE", "BEGIN", "COMMIT", "START", "RESET",
            "ANALYZE", "VACUUM",
            "INSERT", "COPY", "SECURITY", "SET");
    /** What CREATE and ALTER can be about without a meaning for a plan. */
    private static final List<String> OTHER_OBJECTS = List.of("EXTENSION", "FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE",
            "TRIGGER", "SEQUENCE",
            "POLICY", "PUBLICATION", "SUBSCRIPTION", "STATISTICS", "EVENT", "CONSTRAINT", "ROLE", "USER", "DATABASE", "DEFAULT",
            "SYSTEM",
            "LANGUAGE", "INDEX", "SCHEMA", "COLLATION");

    private final Words words;
    private final SourcePosition position;

    StatementReader(Words words) {
        this.words = words;
        this.position = words.position();
    }

    /** None for a statement that is skipped. */
    List<SchemaStatement> read() {
        if (words.take("CREATE")) {
            return create();
        }
        if (words.take("ALTER")) {
            return alter();
        }
        if (words.ahead("SELECT")) {
            return new CallReader(words, position).read();
        }
        if (words.take("SET", "search_path") || words.take("SET", "SESSION", "search_path")) {
            return List.of(searchPath());
        }
        boolean skipped = NOISE.stream().anyMatch(words::ahead) || words.ahead("DROP");
        if (!skipped) {
            throw unsupported();
        }
        if (words.take("DROP")) {
            dropped();
        }
        return List.of();
    }

    /** A script may clean up before it creates, but not take away what it has made. */
    private void dropped() {
        while (!words.atEnd() && !words.ahead("IF")) {
            words.take();
        }
        if (!words.ahead("IF", "EXISTS")) {
            throw FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, "DROP without IF EXISTS is not supported in a schema script")
                    .at(position);
        }
    }

    private FreshetException unsupported() {
        return words.source().error(ErrorCode.UNSUPPORTED_SYNTAX, words.peek(),
                "a schema script cannot hold this statement, at \"" + words.peek().getText() + "\"");
    }

    private SetSearchPath searchPath() {
        if (!words.take(PostgresLexer.Equal)) {
            words.expect("TO");
        }
        List<String> schemas = new ArrayList<>();
        do {
            schemas.add(words.string().orElseGet(words::name));
        } while (words.take(PostgresLexer.Comma));
        words.expectEnd();
        return new SetSearchPath(position, schemas);
    }

    private List<SchemaStatement> create() {
        boolean replaced = words.take("OR", "REPLACE");
        while (words.take("UNLOGGED") || words.take("TEMP") || words.take("TEMPORARY") || words.take("LOCAL")
                || words.take("GLOBAL")) {
            // How a table is stored does not matter to a plan.
        }
        if (words.take("TABLE")) {
            return List.of(new TableReader(words, position).create());
        }
        if (words.take("VIEW")) {
            return List.of(view(ViewKind.PLAIN, replaced));
        }
        if (words.take("MATERIALIZED", "VIEW")) {
            return List.of(view(ViewKind.MATERIALIZED, replaced));
        }
        if (words.take("TYPE")) {
            return type();
        }
        if (words.take("DOMAIN")) {
            return List.of(domain());
        }
        if (words.take("COLLATION")) {
            return List.of(collation());
        }
        if (words.take("SCHEMA")) {
            return List.of(schema());
        }
        if (words.take("UNIQUE", "INDEX")) {
            return uniqueIndex();
        }
        boolean other = OTHER_OBJECTS.stream().anyMatch(words::ahead);
        if (!other || replaced && words.ahead("INDEX")) {
            throw unsupported();
        }
        return List.of();
    }

    private CreateView view(ViewKind kind, boolean replaced) {
        WhenTaken whenTaken = words.take("IF", "NOT", "EXISTS") ? WhenTaken.KEEP : WhenTaken.REFUSE;
        QualifiedName name = words.qualifiedName();
        List<String> columns = words.ahead(PostgresLexer.OpenParen) ? words.parenthesizedNames() : List.of();
        while (!words.ahead("AS")) {
            if (words.atEnd()) {
                throw words.source().syntaxError(words.peek());
            }
            words.take();
        }
        words.expect("AS");
        return new CreateView(position, name, replaced ? WhenTaken.REPLACE : whenTaken, kind, columns,
                words.query("WITH", "NO", "DATA"));
    }

    private List<SchemaStatement> type() {
        QualifiedName name = words.qualifiedName();
        if (words.atEnd()) {
            return List.of();
        }
        words.expect("AS");
        if (words.take("ENUM")) {
            return List.of(new CreateEnum(position, name, labels()));
        }
        if (!words.ahead(PostgresLexer.OpenParen)) {
            throw unsupported();
        }
        words.expect(PostgresLexer.OpenParen);
        List<Field> fields = new ArrayList<>();
        do {
            String field = words.name();
            fields.add(new Field(field, TableReader.type(words)));
            if (words.take("COLLATE")) {
                words.qualifiedName();
            }
        } while (words.take(PostgresLexer.Comma));
        words.expect(PostgresLexer.CloseParen);
        words.expectEnd();
        return List.of(new CreateComposite(position, name, fields));
    }

    private List<String> labels() {
        words.expect(PostgresLexer.OpenParen);
        List<String> labels = new ArrayList<>();
        while (!words.take(PostgresLexer.CloseParen)) {
            labels.add(words.string().orElseThrow(() -> words.source().syntaxError(words.peek())));
            if (!words.ahead(PostgresLexer.CloseParen)) {
                words.expect(PostgresLexer.Comma);
            }
        }
        words.expectEnd();
        return labels;
    }

    private CreateDomain domain() {
        QualifiedName name = words.qualifiedName();
        words.take("AS");
        PgTypeName base = TableReader.type(words);
        boolean notNull = false;
        Optional<QualifiedName> collation = Optional.empty();
        while (!words.atEnd()) {
            notNull |= words.ahead("NOT", "NULL");
            if (words.take("COLLATE")) {
                collation = Optional.of(words.qualifiedName());
            } else if (words.ahead(PostgresLexer.OpenParen)) {
                words.parenthesizedText();
            } else {
                words.take();
            }
        }
        return new CreateDomain(position, name, base, notNull ? Nullability.NOT_NULL : Nullability.NULLABLE, collation);
    }

    private CreateCollation collation() {
        words.take("IF", "NOT", "EXISTS");
        QualifiedName name = words.qualifiedName();
        if (words.take("FROM")) {
            return new CreateCollation(position, name, Determinism.DETERMINISTIC, Optional.of(words.qualifiedName()));
        }
        words.expect(PostgresLexer.OpenParen);
        Determinism determinism = Determinism.DETERMINISTIC;
        do {
            boolean isDeterminism = words.take("deterministic");
            if (isDeterminism && words.take(PostgresLexer.Equal) && isFalse(words.take())) {
                determinism = Determinism.NOT_DETERMINISTIC;
            }
            words.skipUntil(t -> false);
        } while (words.take(PostgresLexer.Comma));
        words.expect(PostgresLexer.CloseParen);
        return new CreateCollation(position, name, determinism, Optional.empty());
    }

    private static boolean isFalse(Token value) {
        return List.of("false", "off", "0", "'false'", "'off'").contains(value.getText().toLowerCase(Locale.ROOT));
    }

    private CreateSchema schema() {
        words.take("IF", "NOT", "EXISTS");
        boolean unnamed = words.take("AUTHORIZATION");
        String name = words.name();
        if (!unnamed && words.take("AUTHORIZATION")) {
            words.name();
        }
        words.expectEnd();
        return new CreateSchema(position, name);
    }

    /** A partial index, or one of expressions, is no key. */
    private List<SchemaStatement> uniqueIndex() {
        words.take("CONCURRENTLY");
        words.take("IF", "NOT", "EXISTS");
        Optional<String> name = words.ahead("ON") ? Optional.empty() : Optional.of(words.qualifiedName().last());
        words.expect("ON");
        words.take("ONLY");
        QualifiedName table = words.qualifiedName();
        if (words.take("USING")) {
            words.name();
        }
        Optional<List<String>> columns = TableReader.plainColumns(words);
        NullsInKey nulls = NullsInKey.DISTINCT;
        boolean partial = false;
        while (!words.atEnd()) {
            if (words.take("NULLS", "NOT", "DISTINCT")) {
                nulls = NullsInKey.NOT_DISTINCT;
            } else {
                partial |= words.ahead("WHERE");
                words.take();
            }
        }
        if (partial || columns.isEmpty()) {
            return List.of();
        }
        return List.of(new CreateUniqueIndex(position, name, table,
                new Key(KeyKind.UNIQUE, columns.get(), nulls, Enforcement.IMMEDIATE)));
    }

    private List<SchemaStatement> alter() {
        if (words.take("TABLE")) {
            return new TableReader(words, position).alter();
        }
        if (OTHER_OBJECTS.stream().anyMatch(words::ahead)) {
            return List.of();
        }
        boolean named = words.take("VIEW") || words.take("MATERIALIZED", "VIEW") || words.take("TYPE") || words.take("DOMAIN");
        if (named) {
            words.take("IF", "EXISTS");
            words.qualifiedName();
        }
        if (!named || !words.ahead("OWNER")) {
            throw unsupported();
        }
        return List.of();
    }
}
