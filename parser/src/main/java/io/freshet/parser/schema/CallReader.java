package io.freshet.parser.schema;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.schema.SchemaStatement.DistributeSchema;
import io.freshet.parser.schema.SchemaStatement.DistributeTable;
import io.freshet.parser.schema.SchemaStatement.ReferenceTable;
import io.freshet.parser.schema.SchemaStatement.SetSearchPath;
import io.freshet.parser.text.QualifiedName;
import io.freshet.parser.text.Source;
import io.freshet.parser.text.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Token;

/** Reads {@code SELECT function('argument', ..)}: what Citus and pg_dump say with functions. */
final class CallReader {
    /** Functions that say nothing about a table's placement. */
    private static final List<String> NOISE = List.of("setval", "citus_add_node", "citus_add_local_table_to_metadata",
            "citus_set_coordinator_host", "truncate_local_data_after_distributing_table");
    private static final List<String> UNDERSTOOD = List.of("create_distributed_table", "create_distributed_table_concurrently",
            "create_reference_table", "citus_schema_distribute", "set_config");

    private final Words words;
    private final SourcePosition position;
    private final List<Argument> arguments = new ArrayList<>();

    /** An argument; a NULL has no value. */
    private record Argument(Optional<String> name, Optional<String> value, Token at) {
    }

    CallReader(Words words, SourcePosition position) {
        this.words = words;
        this.position = position;
    }

    List<SchemaStatement> read() {
        words.expect("SELECT");
        Token at = words.peek();
        String function = words.qualifiedName().last();
        if (NOISE.contains(function)) {
            return List.of();
        }
        if (!UNDERSTOOD.contains(function)) {
            throw words.source().error(ErrorCode.UNSUPPORTED_SYNTAX, at, "a schema script cannot call function " + function);
        }
        arguments();
        return switch (function) {
            case "create_distributed_table", "create_distributed_table_concurrently" -> List.of(distribution(at));
            case "citus_schema_distribute" -> List.of(new DistributeSchema(position,
                    value(0, "schemaname").map(name -> regclass(name, at).last())
                            .orElseThrow(() -> words.source().syntaxError(words.peek()))));
            case "create_reference_table" -> List.of(new ReferenceTable(position, table(0)));
            default -> setting();
        };
    }

    private DistributeTable distribution(Token at) {
        Optional<Argument> method = argument(2, "distribution_type");
        if (method.flatMap(Argument::value).filter(m -> !m.equalsIgnoreCase("hash")).isPresent()) {
            throw words.source().unsupported(method.get().at(), "a distribution other than by hash");
        }
        Optional<QualifiedName> colocateWith = argument(3, "colocate_with")
                .flatMap(a -> a.value().map(name -> regclass(name, a.at())));
        return new DistributeTable(position, table(0), value(1, "distribution_column"), colocateWith, value(4, "shard_count"));
    }

    private void arguments() {
        words.expect(PostgresLexer.OpenParen);
        do {
            Optional<String> name = Optional.empty();
            if (words.peek().getType() == PostgresLexer.Identifier) {
                Token word = words.peek();
                String given = words.name();
                if (words.take(PostgresLexer.EqualGreater) || words.take(PostgresLexer.ColonEqual)) {
                    name = Optional.of(given);
                } else {
                    throw words.source().syntaxError(word);
                }
            }
            Token at = words.peek();
            Optional<String> value = words.string();
            if (value.isEmpty() && !words.take("NULL")) {
                value = Optional.of(words.take().getText());
            }
            arguments.add(new Argument(name, value, at));
            words.skipUntil(t -> false);
        } while (words.take(PostgresLexer.Comma));
        words.expect(PostgresLexer.CloseParen);
        words.expectEnd();
    }

    private Optional<Argument> argument(int index, String name) {
        Optional<Argument> named = arguments.stream().filter(a -> a.name().filter(name::equals).isPresent()).findFirst();
        return named.isPresent() || index >= arguments.size()
                ? named
                : Optional.of(arguments.get(index)).filter(a -> a.name().isEmpty());
    }

    private Optional<String> value(int index, String name) {
        return argument(index, name).flatMap(Argument::value);
    }

    private QualifiedName table(int index) {
        Argument argument = argument(index, "table_name").orElseThrow(() -> words.source().syntaxError(words.peek()));
        return regclass(argument.value().orElseThrow(() -> words.source().syntaxError(argument.at())), argument.at());
    }

    /** A name inside a string. */
    private QualifiedName regclass(String text, Token at) {
        try {
            Words inner = new Words(Source.of(text));
            QualifiedName name = inner.qualifiedName();
            inner.expectEnd();
            return new QualifiedName(name.parts(), words.source().position(at));
        } catch (FreshetException e) {
            throw words.source().error(ErrorCode.SYNTAX_ERROR, at, "invalid name: \"" + text + "\"").causedBy(e);
        }
    }

    private List<SchemaStatement> setting() {
        if (!value(0, "setting_name").filter("search_path"::equals).isPresent()) {
            return List.of();
        }
        String path = value(1, "new_value").orElse("");
        if (path.isBlank()) {
            return List.of(new SetSearchPath(position, List.of()));
        }
        Words inner = new Words(Source.of(path));
        List<String> schemas = new ArrayList<>();
        do {
            schemas.add(inner.name());
        } while (inner.take(PostgresLexer.Comma));
        return List.of(new SetSearchPath(position, schemas));
    }
}
