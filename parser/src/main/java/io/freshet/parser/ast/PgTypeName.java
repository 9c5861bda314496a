package io.freshet.parser.ast;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * A type as a query names it, not looked up.
 *
 * @param name {@code [pg_catalog, int4]} for the types that are keywords of SQL (integer, timestamp with time zone, ..), with PostgreSQL's
 *            internal name; else the parts as written, looked up along the search path when there is one
 * @param modifiers what stands in parentheses, as SQL text: precision, scale, length. {@code character} has {@code 1}, as in PostgreSQL
 * @param intervalFields of {@code interval day to second}: the text {@code day to second}
 * @param arrayDimensions how often {@code []} follows; PostgreSQL ignores the number beyond "is an array"
 */
public record PgTypeName(List<String> name, List<String> modifiers, Optional<String> intervalFields, int arrayDimensions) {
    private static final String SYSTEM = "pg_catalog";
    private static final Set<String> KEYWORD_TYPES = Set.of("bit", "char", "character", "dec", "decimal", "time", "timestamp",
            "interval",
            "national", "nchar", "setof", "float", "int", "integer", "smallint", "bigint", "real", "double", "numeric", "boolean",
            "varchar", "precision");

    public PgTypeName {
        name = List.copyOf(name);
        modifiers = List.copyOf(modifiers);
    }

    /** A type that PostgreSQL's grammar knows, by its internal name. */
    public static PgTypeName system(String internalName, String... modifiers) {
        return new PgTypeName(List.of(SYSTEM, internalName), List.of(modifiers), Optional.empty(), 0);
    }

    /** The type operand of a cast. */
    public static PgTypeName of(SqlNode typeOperand) {
        if (typeOperand instanceof SqlDataTypeSpec spec && spec.getTypeNameSpec() instanceof PgTypeNameSpec named) {
            return named.type();
        }
        throw new IllegalArgumentException("not a PostgreSQL type: " + typeOperand);
    }

    /** As an operand of a tree. */
    public SqlDataTypeSpec toNode(SqlParserPos pos) {
        return new SqlDataTypeSpec(new PgTypeNameSpec(this, pos), pos);
    }

    /** The type of {@code []} after this one. */
    public PgTypeName array(int dimensions) {
        return new PgTypeName(name, modifiers, intervalFields, arrayDimensions + dimensions);
    }

    /** The element type of an array type. */
    public PgTypeName element() {
        return new PgTypeName(name, modifiers, intervalFields, 0);
    }

    /**
     * SQL text that PostgreSQL reads as this type, in the spelling of {@code format_type}: {@code timestamp(3) with time zone},
     * {@code numeric(10,2)[]}, {@code "Mood"}.
     */
    public String text() {
        return elementText() + "[]".repeat(Math.min(arrayDimensions, 1));
    }

    private String elementText() {
        String modifierList = modifiers.isEmpty() ? "" : "(" + String.join(",", modifiers) + ")";
        if (name.size() != 2 || !name.getFirst().equals(SYSTEM)) {
            return name.stream().map(PgTypeName::identifier).collect(Collectors.joining(".")) + modifierList;
        }
        String internal = name.get(1);
        return switch (internal) {
            case "bool" -> "boolean";
            case "int2" -> "smallint";
            case "int4" -> "integer";
            case "int8" -> "bigint";
            case "float4" -> "real";
            case "float8" -> "double precision";
            case "varchar" -> "character varying" + modifierList;
            case "bpchar" -> modifiers.isEmpty() ? "bpchar" : "character" + modifierList;
            // Without a length the keyword would mean bit(1).
            case "bit" -> modifiers.isEmpty() ? "\"bit\"" : "bit" + modifierList;
            case "varbit" -> "bit varying" + modifierList;
            case "time", "timestamp" -> internal + modifierList + " without time zone";
            case "timetz" -> "time" + modifierList + " with time zone";
            case "timestamptz" -> "timestamp" + modifierList + " with time zone";
            case "interval" -> "interval" + intervalFields.map(f -> " " + f).orElse("") + modifierList;
            case "numeric", "json" -> internal + modifierList;
            default -> SYSTEM + "." + identifier(internal) + modifierList;
        };
    }

    /** Folded names that need no quotes stay readable; a keyword is quoted because it may mean another type. */
    private static String identifier(String part) {
        boolean plain = part.matches("[a-z_][a-z0-9_]*") && !KEYWORD_TYPES.contains(part);
        return plain ? part : '"' + part.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return text();
    }
}
