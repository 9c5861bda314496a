package io.freshet.planner.types;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.PgTypeName;
import java.util.List;

/** Packs the modifiers that stand in a type's name. */
final class TypeModifierReader {
    private static final int MAX_NUMERIC_PRECISION = 1000;
    private static final int MAX_LENGTH = 10_485_760;

    private TypeModifierReader() {
    }

    static int read(TypeInfo type, PgTypeName name) {
        List<Integer> numbers = name.modifiers().stream().map(m -> number(name, m)).toList();
        if (type.oid() == Oids.INTERVAL) {
            return TypeModifiers.interval(name.intervalFields().orElse(""), numbers.isEmpty() ? -1 : numbers.getFirst());
        }
        if (numbers.isEmpty()) {
            return TypeModifiers.NONE;
        }
        int first = numbers.getFirst();
        return switch (type.oid()) {
            case Oids.NUMERIC -> {
                check(first >= 1 && first <= MAX_NUMERIC_PRECISION && numbers.size() <= 2, name);
                int scale = numbers.size() == 2 ? numbers.get(1) : 0;
                check(scale >= -MAX_NUMERIC_PRECISION && scale <= MAX_NUMERIC_PRECISION, name);
                yield TypeModifiers.numeric(first, scale);
            }
            case Oids.VARCHAR, Oids.BPCHAR -> {
                check(first >= 1 && first <= MAX_LENGTH && numbers.size() == 1, name);
                yield TypeModifiers.length(first);
            }
            case Oids.TIME, Oids.TIMETZ, Oids.TIMESTAMP, Oids.TIMESTAMPTZ -> {
                check(first >= 0 && numbers.size() == 1, name);
                yield Math.min(first, 6);
            }
            case Oids.BIT, Oids.VARBIT -> {
                check(first >= 1 && numbers.size() == 1, name);
                yield first;
            }
            default -> throw invalid(name);
        };
    }

    private static int number(PgTypeName name, String modifier) {
        try {
            return Integer.parseInt(modifier.strip());
        } catch (NumberFormatException e) {
            throw invalid(name);
        }
    }

    private static void check(boolean valid, PgTypeName name) {
        if (!valid) {
            throw invalid(name);
        }
    }

    private static FreshetException invalid(PgTypeName name) {
        return FreshetException.of(ErrorCode.INVALID_QUERY, "invalid type modifier in " + name.text());
    }
}
