package io.freshet.parser.ast;

import java.util.Locale;
import java.util.Optional;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.parser.SqlParserPos;

/** A function of the SQL standard that is called without parentheses, or with a precision alone. None is in {@code pg_proc}. */
public final class PgValueFunction extends SqlUnresolvedFunction {
    private final Name function;

    /** The functions; the constant's name is the SQL spelling. */
    public enum Name {
        CURRENT_DATE,
        CURRENT_TIME,
        CURRENT_TIMESTAMP,
        LOCALTIME,
        LOCALTIMESTAMP,
        CURRENT_ROLE,
        CURRENT_USER,
        USER,
        SESSION_USER,
        SYSTEM_USER,
        CURRENT_CATALOG,
        CURRENT_SCHEMA;

        /** The name of an output column made by it. */
        public String columnName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    PgValueFunction(Name function) {
        super(new SqlIdentifier(function.columnName(), SqlParserPos.ZERO), null, null, null, null,
                SqlFunctionCategory.USER_DEFINED_FUNCTION);
        this.function = function;
    }

    public Name function() {
        return function;
    }

    /** The function that {@code keyword} names, in any case. */
    public static Optional<Name> named(String keyword) {
        String upper = keyword.toUpperCase(Locale.ROOT);
        for (Name name : Name.values()) {
            if (name.name().equals(upper)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
