package io.freshet.parser.schema;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.QueryParser;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.schema.SchemaStatement.AddColumn;
import io.freshet.parser.schema.SchemaStatement.AddKey;
import io.freshet.parser.schema.SchemaStatement.AddKeyUsingIndex;
import io.freshet.parser.schema.SchemaStatement.AttachPartition;
import io.freshet.parser.schema.SchemaStatement.Column;
import io.freshet.parser.schema.SchemaStatement.CreateTable;
import io.freshet.parser.schema.SchemaStatement.Enforcement;
import io.freshet.parser.schema.SchemaStatement.Key;
import io.freshet.parser.schema.SchemaStatement.KeyKind;
import io.freshet.parser.schema.SchemaStatement.Nullability;
import io.freshet.parser.schema.SchemaStatement.NullsInKey;
import io.freshet.parser.schema.SchemaStatement.Partitioning;
import io.freshet.parser.schema.SchemaStatement.ReplicaIdentity;
import io.freshet.parser.schema.SchemaStatement.SetNullability;
import io.freshet.parser.schema.SchemaStatement.SetReplicaIdentity;
import io.freshet.parser.schema.SchemaStatement.WhenTaken;
import io.freshet.parser.text.QualifiedName;
import io.freshet.parser.text.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/** Reads CREATE TABLE and ALTER TABLE. */
final class TableReader {
    /** What ends a type or a default: the words that begin a constraint of a column. */
    private static final Set<String> CONSTRAINT_WORDS = Set.of("COLLATE", "CONSTRAINT", "NOT", "NULL", "CHECK", "DEFAULT",
            "GENERATED", "UNIQUE",
            "PRIMARY", "REFERENCES", "DEFERRABLE", "INITIALLY", "STORAGE", "COMPRESSION", "OPTIONS");
    /** Names that stand for an integer type with a sequence. */
    private static final Map<String, String> SERIALS = Map.of("smallserial", "int2", "serial2", "int2", "serial", "int4",
            "serial4", "int4",
            "bigserial", "int8", "serial8", "int8");

    private final Words words;
    private final SourcePosition position;
    private final List<Column> columns = new ArrayList<>();
    private final List<Key> keys = new ArrayList<>();

    TableReader(Words words, SourcePosition position) {
        this.words = words;
        this.position = position;
    }

    CreateTable create() {
        WhenTaken whenTaken = words.take("IF", "NOT", "EXISTS") ? WhenTaken.KEEP : WhenTaken.REFUSE;
        QualifiedName name = words.qualifiedName();
        Partitioning partitioning = new Partitioning.None();
        if (words.take("PARTITION", "OF")) {
            partitioning = new Partitioning.Child(words.qualifiedName());
            if (words.ahead(PostgresLexer.OpenParen)) {
                words.parenthesizedText();
            }
        } else {
            if (!words.ahead(PostgresLexer.OpenParen)) {
                throw unsupported("CREATE TABLE without a list of columns");
            }
            elements();
        }
        while (!words.atEnd()) {
            if (words.ahead("INHERITS")) {
                throw unsupported("INHERITS");
            }
            if (words.ahead("AS")) {
                throw unsupported("CREATE TABLE .. AS");
            }
            if (words.take("PARTITION", "BY") && partitioning instanceof Partitioning.None) {
                partitioning = new Partitioning.Parent();
            }
            words.take();
        }
        return new CreateTable(position, name, whenTaken, List.copyOf(columns), List.copyOf(keys), partitioning);
    }

    private FreshetException unsupported(String what) {
        return words.source().unsupported(words.peek(), what);
    }

    private void elements() {
        words.expect(PostgresLexer.OpenParen);
        if (words.take(PostgresLexer.CloseParen)) {
            return;
        }
        do {
            if (!constraint()) {
                columns.add(column());
            }
        } while (words.take(PostgresLexer.Comma));
        words.expect(PostgresLexer.CloseParen);
    }

    /** A constraint of the table, if one comes next. */
    private boolean constraint() {
        if (words.ahead("LIKE")) {
            throw unsupported("LIKE in CREATE TABLE");
        }
        boolean named = words.take("CONSTRAINT");
        if (named) {
            words.name();
        }
        if (words.take("PRIMARY", "KEY")) {
            List<String> names = words.parenthesizedNames();
            keys.add(new Key(KeyKind.PRIMARY, names, NullsInKey.DISTINCT, enforcement()));
        } else if (words.take("UNIQUE")) {
            NullsInKey nulls = nulls();
            List<String> names = words.parenthesizedNames();
            keys.add(new Key(KeyKind.UNIQUE, names, nulls, enforcement()));
        } else if (!words.ahead("CHECK") && !words.ahead("FOREIGN", "KEY") && !words.ahead("EXCLUDE")) {
            if (named) {
                throw words.source().syntaxError(words.peek());
            }
            return false;
        }
        words.skipUntil(t -> false);
        return true;
    }

    /** Reads the rest of a table's constraint. */
    private Enforcement enforcement() {
        Enforcement enforcement = Enforcement.IMMEDIATE;
        while (!words.atEnd() && !words.ahead(PostgresLexer.Comma) && !words.ahead(PostgresLexer.CloseParen)) {
            if (takeDeferrable()) {
                enforcement = Enforcement.DEFERRABLE;
            } else if (words.ahead(PostgresLexer.OpenParen)) {
                words.parenthesizedText();
            } else if (!words.take("NOT", "DEFERRABLE")) {
                words.take();
            }
        }
        return enforcement;
    }

    private boolean takeDeferrable() {
        return words.take("DEFERRABLE") || words.take("INITIALLY", "DEFERRED");
    }

    private NullsInKey nulls() {
        if (words.take("NULLS", "NOT", "DISTINCT")) {
            return NullsInKey.NOT_DISTINCT;
        }
        words.take("NULLS", "DISTINCT");
        return NullsInKey.DISTINCT;
    }

    private Column column() {
        SourcePosition place = words.position();
        String name = words.name();
        PgTypeName type = type(words);
        String serial = type.name().size() == 1 && type.arrayDimensions() == 0 ? SERIALS.get(type.name().getFirst()) : null;
        boolean notNull = serial != null;
        Optional<String> generated = Optional.empty();
        Optional<QualifiedName> collation = Optional.empty();
        boolean afterKey = false;
        while (!words.atEnd() && !words.ahead(PostgresLexer.Comma) && !words.ahead(PostgresLexer.CloseParen)) {
            if (words.take("PRIMARY", "KEY")) {
                keys.add(new Key(KeyKind.PRIMARY, List.of(name), NullsInKey.DISTINCT, Enforcement.IMMEDIATE));
                notNull = true;
                afterKey = true;
            } else if (words.take("UNIQUE")) {
                keys.add(new Key(KeyKind.UNIQUE, List.of(name), nulls(), Enforcement.IMMEDIATE));
                afterKey = true;
            } else if (words.take("NOT", "DEFERRABLE") || words.take("INITIALLY", "IMMEDIATE")) {
                // As it is without.
            } else if (takeDeferrable()) {
                if (afterKey) {
                    Key key = keys.removeLast();
                    keys.add(new Key(key.kind(), key.columns(), key.nulls(), Enforcement.DEFERRABLE));
                }
            } else if (words.take("REFERENCES")) {
                afterKey = false;
            } else if (words.take("COLLATE")) {
                collation = Optional.of(words.qualifiedName());
            } else if (words.take("NOT", "NULL")) {
                notNull = true;
            } else if (words.take("GENERATED", "ALWAYS", "AS") && words.ahead(PostgresLexer.OpenParen)) {
                generated = Optional.of(words.parenthesizedText());
                words.expect("STORED");
            } else if (words.take("IDENTITY")) {
                notNull = true;
            } else {
                otherConstraint();
            }
        }
        PgTypeName stored = serial == null ? type : PgTypeName.system(serial);
        return new Column(place, name, stored, notNull ? Nullability.NOT_NULL : Nullability.NULLABLE, collation, generated);
    }

    private void otherConstraint() {
        if (words.take("DEFAULT")) {
            // Its first word may be one that begins a constraint: DEFAULT NULL NOT NULL.
            if (words.ahead("NULL")) {
                words.take();
            }
            words.skipUntil(TableReader::beginsConstraint);
        } else if (words.ahead(PostgresLexer.OpenParen)) {
            words.parenthesizedText();
        } else {
            words.take();
        }
    }

    private static boolean beginsConstraint(Token token) {
        return token.getType() != PostgresLexer.QuotedIdentifier
                && CONSTRAINT_WORDS.contains(token.getText().toUpperCase(Locale.ROOT));
    }

    /** A type, up to what can follow one. */
    static PgTypeName type(Words words) {
        int start = words.index();
        words.skipUntil(TableReader::beginsConstraint);
        if (words.index() == start) {
            throw words.source().syntaxError(words.peek());
        }
        return QueryParser.parseType(words.source().part(start, words.index()));
    }

    /** The columns of an index, unless it has expressions. */
    static Optional<List<String>> plainColumns(Words words) {
        words.expect(PostgresLexer.OpenParen);
        List<String> names = new ArrayList<>();
        boolean plain = true;
        do {
            if (words.ahead(PostgresLexer.OpenParen)) {
                plain = false;
            } else {
                names.add(words.name());
                plain &= !words.ahead(PostgresLexer.OpenParen);
            }
            words.skipUntil(t -> false);
        } while (words.take(PostgresLexer.Comma));
        words.expect(PostgresLexer.CloseParen);
        return plain ? Optional.of(names) : Optional.empty();
    }

    List<SchemaStatement> alter() {
        words.take("IF", "EXISTS");
        words.take("ONLY");
        QualifiedName table = words.qualifiedName();
        List<SchemaStatement> changes = new ArrayList<>();
        do {
            change(table).ifPresent(changes::add);
            words.skipUntil(t -> false);
        } while (words.take(PostgresLexer.Comma));
        words.expectEnd();
        return changes;
    }

    private Optional<SchemaStatement> change(QualifiedName table) {
        if (words.take("REPLICA", "IDENTITY")) {
            return Optional.of(new SetReplicaIdentity(position, table, identity()));
        }
        if (words.take("ATTACH", "PARTITION")) {
            return Optional.of(new AttachPartition(position, table, words.qualifiedName()));
        }
        if (words.take("ADD")) {
            return add(table);
        }
        if (words.take("ALTER")) {
            words.take("COLUMN");
            return alterColumn(table, words.name());
        }
        boolean meaningless = List.of("OWNER", "ENABLE", "DISABLE", "CLUSTER", "SET", "RESET", "FORCE", "VALIDATE", "NO").stream()
                .anyMatch(words::ahead);
        if (!meaningless || words.ahead("SET", "SCHEMA")) {
            throw unsupported("ALTER TABLE .. " + words.peek().getText().toUpperCase(Locale.ROOT));
        }
        return Optional.empty();
    }

    private ReplicaIdentity identity() {
        Token what = words.take();
        return switch (what.getText().toUpperCase(Locale.ROOT)) {
            case "FULL" -> ReplicaIdentity.FULL;
            case "NOTHING" -> ReplicaIdentity.NOTHING;
            case "DEFAULT" -> ReplicaIdentity.DEFAULT;
            case "USING" -> ReplicaIdentity.INDEX;
            default -> throw words.source().syntaxError(what);
        };
    }

    private Optional<SchemaStatement> add(QualifiedName table) {
        if (words.ahead("COLUMN") || !atConstraint()) {
            words.take("COLUMN");
            words.take("IF", "NOT", "EXISTS");
            Column column = column();
            return Optional.of(new AddColumn(position, table, column, List.copyOf(keys)));
        }
        if (words.take("CONSTRAINT")) {
            words.name();
        }
        if (words.take("PRIMARY", "KEY", "USING", "INDEX")) {
            return Optional.of(keyUsingIndex(table, KeyKind.PRIMARY));
        }
        if (words.take("UNIQUE", "USING", "INDEX")) {
            return Optional.of(keyUsingIndex(table, KeyKind.UNIQUE));
        }
        constraint();
        return keys.stream().findFirst().map(key -> new AddKey(position, table, key));
    }

    private AddKeyUsingIndex keyUsingIndex(QualifiedName table, KeyKind kind) {
        String index = words.name();
        return new AddKeyUsingIndex(position, table, kind, enforcement(), index);
    }

    private boolean atConstraint() {
        return words.ahead("CONSTRAINT") || words.ahead("PRIMARY", "KEY") || words.ahead("UNIQUE") || words.ahead("CHECK")
                || words.ahead("FOREIGN", "KEY") || words.ahead("EXCLUDE");
    }

    private Optional<SchemaStatement> alterColumn(QualifiedName table, String column) {
        if (words.take("SET", "NOT", "NULL")) {
            return Optional.of(new SetNullability(position, table, column, Nullability.NOT_NULL));
        }
        if (words.take("DROP", "NOT", "NULL")) {
            return Optional.of(new SetNullability(position, table, column, Nullability.NULLABLE));
        }
        if (words.ahead("TYPE") || words.ahead("SET", "DATA") || words.ahead("DROP", "EXPRESSION")) {
            throw unsupported("ALTER COLUMN .. " + words.peek().getText().toUpperCase(Locale.ROOT));
        }
        return Optional.empty();
    }
}
