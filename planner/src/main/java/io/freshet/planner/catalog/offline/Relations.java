package io.freshet.planner.catalog.offline;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.text.QualifiedName;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.functions.ClosestName;
import io.freshet.planner.functions.ServerObjects.NamedType;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The relations that a script has created so far. */
final class Relations {
    private final Names names;
    private final Map<TableName, ScriptTable> tables = new LinkedHashMap<>();
    private final Map<TableName, UnreadableView> unreadable = new HashMap<>();

    /** A view that exists but whose query could not be planned, with the error for whoever names it. */
    record UnreadableView(TableName name, int rowType, FreshetException error) {
    }

    Relations(Names names) {
        this.names = names;
    }

    /** @throws FreshetException NAME_TAKEN */
    void requireFree(TableName name, SourcePosition place) {
        if (isTaken(name)) {
            throw FreshetException.of(ErrorCode.NAME_TAKEN, "relation \"" + name + "\" already exists").at(place);
        }
    }

    boolean isTaken(TableName name) {
        return tables.containsKey(name) || unreadable.containsKey(name);
    }

    Optional<ScriptTable> find(TableName name) {
        return Optional.ofNullable(tables.get(name));
    }

    /** Adds a relation, or replaces the one of its name. */
    void put(ScriptTable table) {
        unreadable.remove(table.name());
        tables.put(table.name(), table);
    }

    void put(UnreadableView view) {
        tables.remove(view.name());
        unreadable.put(view.name(), view);
    }

    /** The oid of the type of a relation's rows. */
    Optional<Integer> rowType(TableName name) {
        return find(name).map(ScriptTable::rowType)
                .or(() -> Optional.ofNullable(unreadable.get(name)).map(UnreadableView::rowType));
    }

    /**
     * The table that a statement changes.
     *
     * @throws FreshetException UNDEFINED_TABLE; INVALID_QUERY for a view
     */
    ScriptTable table(QualifiedName name) {
        ScriptTable table = names.find(name, this::find).orElseThrow(() -> undefined(name));
        if (table.isView()) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "\"" + table.name() + "\" is not a table").at(name.position());
        }
        return table;
    }

    private FreshetException undefined(QualifiedName name) {
        FreshetException error = FreshetException
                .of(ErrorCode.UNDEFINED_TABLE, "relation \"" + String.join(".", name.parts()) + "\" does not exist")
                .at(name.position());
        List<String> known = tables.keySet().stream().map(TableName::name).distinct().toList();
        return ClosestName.of(name.last(), known).map(n -> error.withHint("Perhaps you meant \"" + n + "\".")).orElse(error);
    }

    Collection<ScriptTable> all() {
        return tables.values();
    }

    List<Table> snapshot() {
        return tables.values().stream().map(ScriptTable::toTable).toList();
    }

    Map<TableName, UnreadableView> unreadable() {
        return Map.copyOf(unreadable);
    }

    /** The fields of their rows, by the oid of the row type. */
    Map<Integer, List<NamedType>> fields() {
        Map<Integer, List<NamedType>> fields = new HashMap<>();
        tables.values().forEach(t -> fields.put(t.rowType(), t.fields()));
        return fields;
    }
}
