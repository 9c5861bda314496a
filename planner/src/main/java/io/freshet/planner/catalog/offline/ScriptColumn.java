package io.freshet.planner.catalog.offline;

import io.freshet.planner.catalog.Column;
import io.freshet.planner.types.PgType;
import java.util.Optional;

/** A column of a relation while the script is read. */
record ScriptColumn(String name, PgType type, boolean notNull, Optional<String> generated,
        Column.Collation collation) {

    ScriptColumn withNotNull(boolean value) {
        return new ScriptColumn(name, type, value, generated, collation);
    }

    Column toColumn() {
        return new Column(name, type.text(), notNull, generated, collation);
    }
}
