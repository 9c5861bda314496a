package io.freshet.planner.functions;

import io.freshet.planner.types.TypeCatalog;
import io.freshet.planner.types.TypeInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The types, functions, operators and casts of one server. Immutable, and safe for concurrent use. {@link BundledObjects} has those of a
 * plain PostgreSQL 17, {@link LiveObjects} reads a server's.
 */
public final class ServerObjects {
    /** The schema of what PostgreSQL itself brings; it is searched first. */
    public static final String SYSTEM_SCHEMA = "pg_catalog";

    private final TypeCatalog types;
    private final Map<Integer, List<NamedType>> fields;
    private final Map<Integer, FunctionInfo> functionsByOid;
    private final Map<String, List<FunctionInfo>> functionsByName;
    private final Map<String, List<OperatorInfo>> operatorsBySymbol;
    private final Map<Long, CastInfo> casts = new HashMap<>();

    /** A field of a composite type, with its type's modifier. */
    public record NamedType(String name, int type, int modifier) {
    }

    /** What the constructor takes, as read from the catalogs. */
    public record Rows(TypeCatalog types, Map<Integer, List<NamedType>> fields, Collection<FunctionInfo> functions,
            Collection<OperatorInfo> operators, Collection<CastInfo> casts) {
    }

    public ServerObjects(Rows rows) {
        types = rows.types();
        fields = Map.copyOf(rows.fields());
        functionsByOid = rows.functions().stream().collect(Collectors.toUnmodifiableMap(FunctionInfo::oid, Function.identity()));
        functionsByName = rows.functions().stream().collect(Collectors.groupingBy(FunctionInfo::name));
        operatorsBySymbol = rows.operators().stream().collect(Collectors.groupingBy(OperatorInfo::symbol));
        rows.casts().forEach(c -> casts.put(castKey(c.source(), c.target()), c));
    }

    private ServerObjects(ServerObjects base, TypeCatalog types, Map<Integer, List<NamedType>> fields) {
        this.types = types;
        this.fields = Map.copyOf(fields);
        functionsByOid = base.functionsByOid;
        functionsByName = base.functionsByName;
        operatorsBySymbol = base.operatorsBySymbol;
        casts.putAll(base.casts);
    }

    /** These objects and more types, for a schema that is described without a server; {@code moreFields} are those of composite types. */
    public ServerObjects plus(Collection<TypeInfo> moreTypes, Map<Integer, List<NamedType>> moreFields) {
        List<TypeInfo> allTypes = new ArrayList<>(types.all());
        allTypes.addAll(moreTypes);
        Map<Integer, List<NamedType>> allFields = new HashMap<>(fields);
        allFields.putAll(moreFields);
        return new ServerObjects(this, new TypeCatalog(allTypes), allFields);
    }

    public TypeCatalog types() {
        return types;
    }

    /** The fields of a composite type in their order; empty for any other type. */
    public List<NamedType> fields(int type) {
        return fields.getOrDefault(type, List.of());
    }

    /** All functions of this name, in every schema. */
    public List<FunctionInfo> functions(String name) {
        return functionsByName.getOrDefault(name, List.of());
    }

    public Optional<FunctionInfo> function(int oid) {
        return Optional.ofNullable(functionsByOid.get(oid));
    }

    /** All function names, for hints. */
    public Collection<String> functionNames() {
        return functionsByName.keySet();
    }

    /** All operators of this symbol, in every schema. */
    public List<OperatorInfo> operators(String symbol) {
        return operatorsBySymbol.getOrDefault(symbol, List.of());
    }

    public Optional<CastInfo> cast(int source, int target) {
        return Optional.ofNullable(casts.get(castKey(source, target)));
    }

    private static long castKey(int source, int target) {
        return (long) source << 32 | target & 0xffff_ffffL;
    }
}
