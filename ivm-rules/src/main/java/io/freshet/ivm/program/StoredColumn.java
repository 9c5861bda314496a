package io.freshet.ivm.program;

import io.freshet.ivm.analysis.Equality;
import io.freshet.planner.print.Quoting;
import io.freshet.planner.types.PgTypes;
import org.apache.calcite.rel.type.RelDataType;

/**
 * A column of a managed table.
 *
 * @param type as SQL text
 */
public record StoredColumn(String name, String type, Equality equality, Hashing hashing) {

    /** Whether a value can be hashed as it is; equal values have one hash. */
    enum Hashing {
        BY_VALUE,
        BY_TEXT
    }

    /** A column for the values of an expression. */
    public static StoredColumn of(String name, RelDataType type) {
        Equality equality = Equality.of(type);
        boolean hashable = equality != Equality.TEXT_ONLY && PgTypes.isHashable(type);
        return new StoredColumn(name, PgTypes.text(type), equality, hashable ? Hashing.BY_VALUE : Hashing.BY_TEXT);
    }

    /** A column of the compiler's own, of a type whose values are hashed and compared as they are. */
    static StoredColumn of(String name, String type) {
        return new StoredColumn(name, type, Equality.IDENTITY, Hashing.BY_VALUE);
    }

    String quoted() {
        return Quoting.identifier(name);
    }

    String definition() {
        return quoted() + ' ' + type;
    }
}
