package io.freshet.planner.types;

import io.freshet.parser.ast.PgTypeName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The types of one server, by oid and by name. Immutable. */
public final class TypeCatalog {
    private final Map<Integer, TypeInfo> byOid;
    private final Map<String, Map<String, TypeInfo>> byName = new HashMap<>();

    public TypeCatalog(Collection<TypeInfo> types) {
        byOid = types.stream().collect(Collectors.toUnmodifiableMap(TypeInfo::oid, Function.identity()));
        types.forEach(t -> byName.computeIfAbsent(t.schema(), s -> new HashMap<>()).put(t.name(), t));
    }

    /** The type of this oid, which the same server's catalogs mention. */
    public TypeInfo info(int oid) {
        return find(oid).orElseThrow(() -> new IllegalArgumentException("no type has oid " + oid));
    }

    public Optional<TypeInfo> find(int oid) {
        return Optional.ofNullable(byOid.get(oid));
    }

    public Collection<TypeInfo> all() {
        return byOid.values();
    }

    /** The nullable type of this oid without a modifier. */
    public PgType type(int oid) {
        return type(oid, TypeModifiers.NONE);
    }

    /** The nullable type; a modifier of an array type is that of its elements. */
    public PgType type(int oid, int modifier) {
        TypeInfo info = info(oid);
        Optional<PgType> element = info.kind() == TypeInfo.Kind.ARRAY
                ? Optional.of(type(info.element(), modifier))
                : Optional.empty();
        return new PgType(info, modifier, true, element);
    }

    /** The array type of an element type; an array's is itself, since PostgreSQL's arrays have any number of dimensions. */
    public Optional<PgType> arrayOf(PgType element) {
        if (element.element().isPresent()) {
            return Optional.of(element);
        }
        return element.info().array() == 0 ? Optional.empty() : Optional.of(type(element.info().array(), element.modifier()));
    }

    /** The type that {@code name} means when {@code searchPath} is searched after {@code pg_catalog}. */
    public Optional<PgType> resolve(PgTypeName name, List<String> searchPath) {
        Optional<TypeInfo> info = name.name().size() == 1
                ? Stream.concat(Stream.of("pg_catalog"), searchPath.stream())
                        .flatMap(s -> named(s, name.name().getFirst()).stream()).findFirst()
                : named(name.name().get(name.name().size() - 2), name.name().getLast());
        return info.flatMap(i -> {
            PgType scalar = type(i.oid(), TypeModifierReader.read(i, name));
            return name.arrayDimensions() == 0 ? Optional.of(scalar) : arrayOf(scalar);
        });
    }

    private Optional<TypeInfo> named(String schema, String name) {
        return Optional.ofNullable(byName.getOrDefault(schema, Map.of()).get(name));
    }

    /** The type below all domains, with the modifier that the innermost domain gives. */
    public PgType withoutDomain(PgType type) {
        if (type.info().kind() != TypeInfo.Kind.DOMAIN) {
            return type;
        }
        return withoutDomain(type(type.info().base(), type.info().baseModifier()).withNullability(type.isNullable()));
    }
}
