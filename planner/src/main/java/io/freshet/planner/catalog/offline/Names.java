package io.freshet.planner.catalog.offline;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.text.QualifiedName;
import io.freshet.planner.catalog.TableName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The schemas of a script and its search path. A schema that is only named exists: a dump of single tables does not create theirs.
 */
final class Names {
    private static final String DEFAULT_SCHEMA = "public";

    private final Set<String> schemas = new HashSet<>(Set.of(DEFAULT_SCHEMA));
    private List<String> written = List.of(DEFAULT_SCHEMA);
    private List<String> lastNotEmpty = written;

    void createSchema(String name) {
        schemas.add(name);
    }

    boolean hasSchema(String name) {
        return schemas.contains(name);
    }

    void setSearchPath(List<String> path) {
        written = path;
        lastNotEmpty = path.isEmpty() ? lastNotEmpty : path;
    }

    /** The schemas that are searched now, {@code pg_catalog} left out. */
    List<String> searchPath() {
        return existing(written);
    }

    /** The path for queries: the last that the script sets. A dump's empty one does not count, since nobody writes queries under it. */
    List<String> finalSearchPath() {
        return existing(lastNotEmpty);
    }

    private List<String> existing(List<String> path) {
        return path.stream().filter(schemas::contains).distinct().toList();
    }

    /**
     * The full name of what a statement creates.
     *
     * @throws FreshetException INVALID_QUERY when the search path is empty
     */
    TableName created(QualifiedName name) {
        if (name.parts().size() == 1) {
            String schema = searchPath().stream().findFirst().orElseThrow(() -> FreshetException
                    .of(ErrorCode.INVALID_QUERY, "no schema has been selected to create \"" + name.last() + "\" in")
                    .withHint("Name its schema, or set one before: SET search_path TO public;").at(name.position()));
            return new TableName(schema, name.last());
        }
        schemas.add(schemaOf(name));
        return new TableName(schemaOf(name), name.last());
    }

    /** What {@code name} means: with its schema, or else the first on the search path that {@code lookup} knows. */
    <T> Optional<T> find(QualifiedName name, Function<TableName, Optional<T>> lookup) {
        if (name.parts().size() > 1) {
            return lookup.apply(new TableName(schemaOf(name), name.last()));
        }
        return searchPath().stream().flatMap(schema -> lookup.apply(new TableName(schema, name.last())).stream()).findFirst();
    }

    /** The part before the last; a database's name before it says nothing here. */
    private static String schemaOf(QualifiedName name) {
        return name.parts().get(name.parts().size() - 2);
    }
}
