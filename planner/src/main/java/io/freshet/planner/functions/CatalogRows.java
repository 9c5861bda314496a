package io.freshet.planner.functions;

import io.freshet.planner.types.TypeCatalog;
import io.freshet.planner.types.TypeInfo;
import io.freshet.planner.types.TypeInfo.OperatorClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes {@link ServerObjects} of the rows of {@link CatalogQueries}, all values as text. */
final class CatalogRows {
    private static final char NAME_SEPARATOR = 1;
    /** Varchar and cidr compare by the operators of text and inet, without a class of their own. */
    private static final Map<Integer, Integer> BORROWED_CLASSES = Map.of(1043, 25, 650, 869);

    private CatalogRows() {
    }

    static ServerObjects read(Map<CatalogQueries, List<List<String>>> rows) {
        Map<Integer, List<ServerObjects.NamedType>> fields = new HashMap<>();
        rows.get(CatalogQueries.FIELDS).forEach(r -> fields.computeIfAbsent(integer(r.get(0)), oid -> new ArrayList<>())
                .add(new ServerObjects.NamedType(r.get(1), integer(r.get(2)), Integer.parseInt(r.get(3)))));
        return new ServerObjects(new ServerObjects.Rows(
                new TypeCatalog(types(rows.get(CatalogQueries.TYPES))),
                fields,
                rows.get(CatalogQueries.FUNCTIONS).stream().map(CatalogRows::function).toList(),
                rows.get(CatalogQueries.OPERATORS).stream().map(CatalogRows::operator).toList(),
                rows.get(CatalogQueries.CASTS).stream().map(CatalogRows::cast).toList()));
    }

    private static Collection<TypeInfo> types(List<List<String>> rows) {
        Map<Integer, TypeInfo> byOid = new HashMap<>();
        rows.forEach(r -> byOid.put(integer(r.get(0)), type(r)));
        return byOid.values().stream().map(t -> withOperatorClasses(t, byOid)).toList();
    }

    private static TypeInfo type(List<String> r) {
        TypeInfo.Kind kind = switch (r.get(4)) {
            case "A" -> TypeInfo.Kind.ARRAY;
            case "c" -> TypeInfo.Kind.COMPOSITE;
            case "d" -> TypeInfo.Kind.DOMAIN;
            case "e" -> TypeInfo.Kind.ENUM;
            case "p" -> TypeInfo.Kind.PSEUDO;
            case "r" -> TypeInfo.Kind.RANGE;
            case "m" -> TypeInfo.Kind.MULTIRANGE;
            default -> TypeInfo.Kind.BASE;
        };
        int element = kind == TypeInfo.Kind.ARRAY ? integer(r.get(7)) : 0;
        return new TypeInfo(integer(r.get(0)), r.get(1), r.get(2), r.get(3), kind, r.get(5).charAt(0), bool(r.get(6)), element,
                integer(r.get(8)), integer(r.get(9)), Integer.parseInt(r.get(10)),
                new OperatorClasses(bool(r.get(11)), bool(r.get(12))));
    }

    private static TypeInfo withOperatorClasses(TypeInfo type, Map<Integer, TypeInfo> byOid) {
        OperatorClasses classes = switch (type.kind()) {
            case ENUM, RANGE, MULTIRANGE, COMPOSITE -> OperatorClasses.BOTH;
            case DOMAIN -> byOid.containsKey(type.base())
                    ? withOperatorClasses(byOid.get(type.base()), byOid).operatorClasses()
                    : type.operatorClasses();
            default -> BORROWED_CLASSES.containsKey(type.oid())
                    ? byOid.get(BORROWED_CLASSES.get(type.oid())).operatorClasses()
                    : type.operatorClasses();
        };
        return new TypeInfo(type.oid(), type.schema(), type.name(), type.qualifiedName(), type.kind(), type.category(),
                type.preferred(),
                type.element(), type.array(), type.base(), type.baseModifier(), classes);
    }

    private static FunctionInfo function(List<String> r) {
        FunctionInfo.Kind kind = switch (r.get(3) + r.get(4)) {
            case "an" -> FunctionInfo.Kind.AGGREGATE;
            case "ao" -> FunctionInfo.Kind.ORDERED_SET_AGGREGATE;
            case "ah" -> FunctionInfo.Kind.HYPOTHETICAL_SET_AGGREGATE;
            case "w " -> FunctionInfo.Kind.WINDOW;
            default -> FunctionInfo.Kind.FUNCTION;
        };
        Volatility volatility = switch (r.get(5)) {
            case "i" -> Volatility.IMMUTABLE;
            case "s" -> Volatility.STABLE;
            default -> Volatility.VOLATILE;
        };
        List<String> names = r.get(15).isEmpty() ? List.of() : Arrays.asList(r.get(15).split(String.valueOf(NAME_SEPARATOR), -1));
        boolean plain = r.get(12).isEmpty();
        List<String> types = words(plain ? r.get(11) : r.get(12));
        List<String> modes = words(r.get(13));
        List<FunctionInfo.Argument> arguments = new ArrayList<>();
        List<FunctionInfo.Argument> outputs = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            FunctionInfo.Argument argument = new FunctionInfo.Argument(i < names.size() ? names.get(i) : "",
                    integer(types.get(i)));
            String mode = i < modes.size() ? modes.get(i) : "i";
            if ("ibv".contains(mode)) {
                arguments.add(argument);
            }
            if ("bot".contains(mode)) {
                outputs.add(argument);
            }
        }
        return new FunctionInfo(integer(r.get(0)), r.get(1), r.get(2), kind, volatility, arguments, integer(r.get(9)),
                integer(r.get(8)),
                new FunctionInfo.Nature(bool(r.get(6)), bool(r.get(7)), integer(r.get(10)), integer(r.get(14))), outputs);
    }

    private static OperatorInfo operator(List<String> r) {
        return new OperatorInfo(integer(r.get(0)), r.get(1), r.get(2), integer(r.get(3)), integer(r.get(4)), integer(r.get(5)),
                integer(r.get(6)));
    }

    private static CastInfo cast(List<String> r) {
        CastInfo.Context context = switch (r.get(3)) {
            case "i" -> CastInfo.Context.IMPLICIT;
            case "a" -> CastInfo.Context.ASSIGNMENT;
            default -> CastInfo.Context.EXPLICIT;
        };
        CastInfo.Method method = switch (r.get(4)) {
            case "f" -> CastInfo.Method.FUNCTION;
            case "i" -> CastInfo.Method.INPUT_OUTPUT;
            default -> CastInfo.Method.BINARY;
        };
        return new CastInfo(integer(r.get(0)), integer(r.get(1)), integer(r.get(2)), context, method);
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split(" "));
    }

    /** An oid, which is unsigned. */
    private static int integer(String text) {
        return Integer.parseUnsignedInt(text);
    }

    private static boolean bool(String text) {
        return text.equals("t") || text.equals("true");
    }
}
