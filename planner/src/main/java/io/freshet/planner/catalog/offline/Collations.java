package io.freshet.planner.catalog.offline;

import io.freshet.parser.schema.SchemaStatement.CreateCollation;
import io.freshet.parser.schema.SchemaStatement.Determinism;
import io.freshet.parser.text.QualifiedName;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The collations that a script creates. Every other one is the operating system's or ICU's, and takes only equal strings for equal. */
final class Collations {
    private final Names names;
    private final Map<TableName, Column.Collation> created = new HashMap<>();

    Collations(Names names) {
        this.names = names;
    }

    void create(CreateCollation statement) {
        Column.Collation equality = statement.copied().map(this::of)
                .orElse(statement.determinism() == Determinism.NOT_DETERMINISTIC
                        ? Column.Collation.NOT_DETERMINISTIC
                        : Column.Collation.DETERMINISTIC);
        created.put(names.created(statement.name()), equality);
    }

    Column.Collation of(QualifiedName collation) {
        return names.find(collation, name -> Optional.ofNullable(created.get(name))).orElse(Column.Collation.DETERMINISTIC);
    }
}
