package io.freshet.planner.catalog;

import io.freshet.errors.FreshetException;
import io.freshet.planner.functions.ServerObjects;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The relations a query can name, and the types and functions of the server they lie on. Immutable: a catalog is a snapshot. Safe for
 * concurrent use.
 */
public interface Catalog {

    /**
     * The relation of exactly this name.
     *
     * @throws FreshetException when it exists but could not be read, without position
     */
    Optional<Table> table(TableName name);

    /** The names of all relations, for hints. */
    Collection<TableName> names();

    /** The types, functions and operators of the server. */
    ServerObjects objects();

    /** The schemas in which an unqualified name is looked up, in their order, {@code pg_catalog} left out. */
    List<String> searchPath();

    /**
     * The relation that a query means by {@code name}, with its schema when {@code schema} is given, else the first on the search path.
     *
     * @return empty for an unknown relation
     * @throws FreshetException when it exists but could not be read, without position
     */
    default Optional<Table> resolve(Optional<String> schema, String name) {
        if (schema.isPresent()) {
            return table(new TableName(schema.get(), name));
        }
        return searchPath().stream().flatMap(s -> table(new TableName(s, name)).stream()).findFirst();
    }
}
