package io.freshet.planner.catalog.offline;

import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.SnapshotCatalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.catalog.offline.Relations.UnreadableView;
import io.freshet.planner.functions.ServerObjects;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a script has made up to some statement. */
final class ScriptCatalog implements Catalog {
    private final Catalog readable;
    private final Map<TableName, UnreadableView> unreadable;

    private ScriptCatalog(Catalog readable, Map<TableName, UnreadableView> unreadable) {
        this.readable = readable;
        this.unreadable = unreadable;
    }

    static Catalog of(Types types, Relations relations, List<String> searchPath) {
        return new ScriptCatalog(new SnapshotCatalog(types.objects(relations.fields()), searchPath, relations.snapshot()),
                relations.unreadable());
    }

    @Override
    public Optional<Table> table(TableName name) {
        UnreadableView view = unreadable.get(name);
        if (view != null) {
            throw view.error();
        }
        return readable.table(name);
    }

    @Override
    public Collection<TableName> names() {
        return readable.names();
    }

    @Override
    public ServerObjects objects() {
        return readable.objects();
    }

    @Override
    public List<String> searchPath() {
        return readable.searchPath();
    }
}
