package io.freshet.planner.catalog.offline;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.functions.BundledObjects;
import io.freshet.planner.functions.ServerObjects;
import io.freshet.planner.functions.ServerObjects.NamedType;
import io.freshet.planner.print.Quoting;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.TypeCatalog;
import io.freshet.planner.types.TypeInfo;
import io.freshet.planner.types.TypeInfo.Kind;
import io.freshet.planner.types.TypeInfo.OperatorClasses;
import io.freshet.planner.types.TypeModifiers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The types of PostgreSQL and those that a script creates, among them the row types of its relations. Types and relations share names. */
final class Types {
    /** PostgreSQL's FirstNormalObjectId: what users create has no lower oid. */
    private static final int FIRST_OID = 16_384;

    private final ServerObjects bundled = BundledObjects.postgres17();
    private final Map<TableName, TypeInfo> created = new LinkedHashMap<>();
    private final Map<Integer, List<NamedType>> fields = new HashMap<>();
    private int nextOid = FIRST_OID;
    private Optional<TypeCatalog> catalog = Optional.of(bundled.types());

    /**
     * The type that a script means by {@code name} at {@code place}.
     *
     * @throws FreshetException UNDEFINED_TYPE, INVALID_QUERY
     */
    PgType resolve(PgTypeName name, List<String> searchPath, SourcePosition place) {
        try {
            PgType type = catalog().resolve(name, searchPath).orElseThrow(() -> undefined(name));
            if (type.info().isPseudo()) {
                throw FreshetException.of(ErrorCode.INVALID_QUERY, "no column can have the pseudo-type " + type.text());
            }
            return type;
        } catch (FreshetException e) {
            throw e.at(place);
        }
    }

    private static FreshetException undefined(PgTypeName name) {
        String text = name.name().stream().map(Quoting::identifier).collect(Collectors.joining("."));
        return FreshetException.of(ErrorCode.UNDEFINED_TYPE, "type \"" + String.join(".", name.name()) + "\" does not exist")
                .withHint("The script must create it before. For a type of an extension, let another stand in: CREATE DOMAIN "
                        + text
                        + " AS text;");
    }

    /** @return the oid of the new type */
    int addEnum(TableName name, SourcePosition place) {
        return add(name, new Making(Kind.ENUM, 'E', 0, TypeModifiers.NONE, OperatorClasses.BOTH), place);
    }

    /** @return the oid of the new type, or of a relation's rows */
    int addComposite(TableName name, SourcePosition place) {
        return add(name, new Making(Kind.COMPOSITE, 'C', 0, TypeModifiers.NONE, OperatorClasses.BOTH), place);
    }

    /** @return the oid of the new type */
    int addDomain(TableName name, PgType base, SourcePosition place) {
        TypeInfo info = base.info();
        return add(name, new Making(Kind.DOMAIN, info.category(), info.oid(), base.modifier(), info.operatorClasses()), place);
    }

    void setFields(int type, List<NamedType> ofType) {
        fields.put(type, List.copyOf(ofType));
    }

    /** All types as they are now; {@code rows} are the fields of relations. */
    ServerObjects objects(Map<Integer, List<NamedType>> rows) {
        Map<Integer, List<NamedType>> all = new HashMap<>(fields);
        all.putAll(rows);
        return bundled.plus(created.values(), all);
    }

    /** What tells the kinds of types apart when one is made. */
    private record Making(Kind kind, char category, int base, int baseModifier, OperatorClasses operatorClasses) {
    }

    private int add(TableName name, Making making, SourcePosition place) {
        Optional<TypeInfo> taken = Optional.ofNullable(created.get(name));
        if (taken.filter(t -> t.kind() != Kind.ARRAY).isPresent()) {
            throw FreshetException.of(ErrorCode.NAME_TAKEN, "type \"" + name + "\" already exists").at(place);
        }
        // The type of an array gives way to one that a user names.
        taken.ifPresent(array -> put(freeArrayName(name), renamed(array, freeArrayName(name))));
        int oid = nextOid++;
        int arrayOid = nextOid++;
        put(name, new TypeInfo(oid, name.schema(), name.name(), text(name), making.kind(), making.category(), false, 0, arrayOid,
                making.base(), making.baseModifier(), making.operatorClasses()));
        TableName array = freeArrayName(name);
        put(array, new TypeInfo(arrayOid, array.schema(), array.name(), text(array), Kind.ARRAY, 'A', false, oid, 0, 0,
                TypeModifiers.NONE, OperatorClasses.NONE));
        return oid;
    }

    private void put(TableName name, TypeInfo type) {
        created.put(name, type);
        catalog = Optional.empty();
    }

    private TypeCatalog catalog() {
        if (catalog.isEmpty()) {
            List<TypeInfo> all = new ArrayList<>(bundled.types().all());
            all.addAll(created.values());
            catalog = Optional.of(new TypeCatalog(all));
        }
        return catalog.get();
    }

    /** As PostgreSQL's makeArrayTypeName: an underscore before the name, and a number after it when another type is called so. */
    private TableName freeArrayName(TableName element) {
        String suffix = "";
        for (int number = 1;; number++) {
            String clipped = Quoting.clip("_" + element.name(), Quoting.MAX_IDENTIFIER_BYTES - suffix.length());
            TableName array = new TableName(element.schema(), clipped + suffix);
            if (!created.containsKey(array)) {
                return array;
            }
            suffix = "_" + number;
        }
    }

    private static TypeInfo renamed(TypeInfo type, TableName name) {
        return new TypeInfo(type.oid(), name.schema(), name.name(), text(name), type.kind(), type.category(), type.preferred(),
                type.element(), type.array(), type.base(), type.baseModifier(), type.operatorClasses());
    }

    private static String text(TableName name) {
        return Quoting.table(name);
    }
}
