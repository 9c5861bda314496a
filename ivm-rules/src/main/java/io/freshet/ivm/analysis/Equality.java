package io.freshet.ivm.analysis;

import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import io.freshet.planner.types.TypeInfo;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;

/** What {@code =} says of two values of a type. Changes are netted by identity: else an update from 1.0 to 1.00 would be lost. */
public enum Equality {
    /** Equal values are the same value: they look alike in every expression. */
    IDENTITY,
    /** Equal values can differ: numeric 1.0 and 1.00, float 0 and -0, interval 1 day and 24 hours. Their texts tell them apart. */
    COARSE,
    /** There is no {@code =} that one could rely on; texts are compared. */
    TEXT_ONLY;

    /** Types of pg_catalog whose equal values are identical. Character types with a collation that is not deterministic are not. */
    private static final Set<String> IDENTICAL = Set.of("bool", "int2", "int4", "int8", "oid", "text", "varchar", "name", "char",
            "date",
            "time", "timetz", "timestamp", "timestamptz", "uuid", "bytea", "inet", "cidr", "macaddr", "macaddr8", "bit", "varbit",
            "money",
            "pg_lsn", "xid8", "tsvector", "int4range", "int8range", "daterange", "tsrange", "tstzrange");

    public static Equality of(RelDataType type) {
        if (!(type instanceof PgType known)) {
            return TEXT_ONLY;
        }
        if (known.element().isPresent()) {
            Equality ofElement = of(known.element().get());
            return ofElement == TEXT_ONLY || PgTypes.hasEquality(known) ? ofElement : TEXT_ONLY;
        }
        return switch (known.info().kind()) {
            case ENUM -> IDENTITY;
            // Whether a composite type has = depends on its fields.
            case COMPOSITE, PSEUDO -> TEXT_ONLY;
            case BASE, ARRAY, DOMAIN, RANGE, MULTIRANGE -> ofBuiltIn(known);
        };
    }

    private static Equality ofBuiltIn(PgType type) {
        if (!PgTypes.hasEquality(type)) {
            return TEXT_ONLY;
        }
        TypeInfo info = type.info();
        boolean hasFixedForm = (info.name().equals("numeric") || info.name().equals("bpchar")) && type.modifier() >= 0;
        return info.schema().equals("pg_catalog") && (IDENTICAL.contains(info.name()) || hasFixedForm) ? IDENTITY : COARSE;
    }
}
