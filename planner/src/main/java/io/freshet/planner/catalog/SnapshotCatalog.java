package io.freshet.planner.catalog;

import io.freshet.planner.functions.ServerObjects;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A catalog of given relations. */
public final class SnapshotCatalog implements Catalog {
    private final ServerObjects objects;
    private final List<String> searchPath;
    private final Map<TableName, Table> tables;

    public SnapshotCatalog(ServerObjects objects, List<String> searchPath, Collection<Table> tables) {
        this.objects = objects;
        this.searchPath = List.copyOf(searchPath);
        this.tables = tables.stream().collect(Collectors.toUnmodifiableMap(Table::name, Function.identity()));
    }

    @Override
    public Optional<Table> table(TableName name) {
        return Optional.ofNullable(tables.get(name));
    }

    @Override
    public Collection<TableName> names() {
        return tables.keySet();
    }

    @Override
    public ServerObjects objects() {
        return objects;
    }

    @Override
    public List<String> searchPath() {
        return searchPath;
    }
}
