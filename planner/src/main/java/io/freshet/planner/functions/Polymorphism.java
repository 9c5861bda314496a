package io.freshet.planner.functions;

import io.freshet.planner.types.Oids;
import io.freshet.planner.types.TypeInfo;
import io.freshet.planner.types.TypeInfo.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pseudo-types {@code anyelement}, {@code anyarray}, {@code anycompatible} ..: what they stand for in one call. */
final class Polymorphism {
    private final ServerObjects objects;

    /** What one family's element type is: known, open because only untyped literals were given, or contradictory. */
    private record Binding(Optional<Integer> element, Optional<Integer> range, boolean consistent) {
        static final Binding INCONSISTENT = new Binding(Optional.empty(), Optional.empty(), false);
    }

    Polymorphism(ServerObjects objects) {
        this.objects = objects;
    }

    boolean isConsistent(List<Integer> actual, List<Integer> declared) {
        return simple(actual, declared).consistent() && compatible(actual, declared).consistent();
    }

    /** The declared types with the pseudo-types replaced; empty when they cannot be told from the actual ones. */
    Optional<List<Integer>> resolve(List<Integer> actual, List<Integer> declared) {
        List<Integer> resolved = new ArrayList<>();
        for (int type : declared) {
            Optional<Integer> concrete = resolve(type, actual, declared);
            if (concrete.isEmpty()) {
                return Optional.empty();
            }
            resolved.add(concrete.get());
        }
        return Optional.of(resolved);
    }

    /** One declared type, an argument's or the result's. */
    Optional<Integer> resolve(int type, List<Integer> actual, List<Integer> declared) {
        if (!Coercions.isPolymorphic(type)) {
            return Optional.of(type);
        }
        Binding binding = Coercions.isCompatibleFamily(type) ? compatible(actual, declared) : simple(actual, declared);
        if (!binding.consistent()) {
            return Optional.empty();
        }
        return switch (type) {
            case Oids.ANYARRAY, Oids.ANYCOMPATIBLEARRAY -> binding.element().flatMap(this::arrayOf);
            case Oids.ANYRANGE, Oids.ANYCOMPATIBLERANGE -> binding.range();
            case Oids.ANYMULTIRANGE, Oids.ANYCOMPATIBLEMULTIRANGE -> binding.range().flatMap(this::multirangeOf);
            default -> binding.element();
        };
    }

    private Binding simple(List<Integer> actual, List<Integer> declared) {
        Optional<Integer> element = Optional.empty();
        Optional<Integer> range = Optional.empty();
        for (int i = 0; i < declared.size(); i++) {
            int type = declared.get(i);
            if (!Coercions.isPolymorphic(type) || Coercions.isCompatibleFamily(type) || actual.get(i) == Oids.UNKNOWN) {
                continue;
            }
            TypeInfo given = base(actual.get(i), type);
            Optional<Integer> implied = element(given, type);
            if (implied.isEmpty() || element.isPresent() && !element.equals(implied)) {
                return Binding.INCONSISTENT;
            }
            element = implied;
            range = range.or(() -> range(given));
        }
        return new Binding(element, range, true);
    }

    private Binding compatible(List<Integer> actual, List<Integer> declared) {
        List<Integer> elements = new ArrayList<>();
        Optional<Integer> range = Optional.empty();
        boolean used = false;
        for (int i = 0; i < declared.size(); i++) {
            int type = declared.get(i);
            if (!Coercions.isCompatibleFamily(type)) {
                continue;
            }
            used = true;
            if (actual.get(i) == Oids.UNKNOWN) {
                continue;
            }
            TypeInfo given = base(actual.get(i), type);
            Optional<Integer> implied = element(given, type);
            if (implied.isEmpty()) {
                return Binding.INCONSISTENT;
            }
            elements.add(implied.get());
            range = range.or(() -> range(given));
        }
        if (!used) {
            return new Binding(Optional.empty(), Optional.empty(), true);
        }
        // Nothing but untyped literals: text, as PostgreSQL decides.
        Optional<Integer> common = elements.isEmpty() ? Optional.of(Oids.TEXT) : new CommonTypes(objects).common(elements);
        return common.isEmpty() ? Binding.INCONSISTENT : new Binding(common, range, true);
    }

    /** The element type that an actual type means in the place of a declared one; empty when it cannot stand there. */
    private Optional<Integer> element(TypeInfo given, int declared) {
        return switch (declared) {
            case Oids.ANYARRAY, Oids.ANYCOMPATIBLEARRAY ->
                given.kind() == Kind.ARRAY ? Optional.of(given.element()) : Optional.empty();
            case Oids.ANYNONARRAY, Oids.ANYCOMPATIBLENONARRAY ->
                given.kind() == Kind.ARRAY ? Optional.empty() : Optional.of(given.oid());
            case Oids.ANYENUM -> given.kind() == Kind.ENUM ? Optional.of(given.oid()) : Optional.empty();
            case Oids.ANYRANGE, Oids.ANYCOMPATIBLERANGE ->
                given.kind() == Kind.RANGE ? Optional.of(given.base()) : Optional.empty();
            case Oids.ANYMULTIRANGE, Oids.ANYCOMPATIBLEMULTIRANGE -> given.kind() == Kind.MULTIRANGE
                    ? Optional.of(objects.types().info(given.base()).base())
                    : Optional.empty();
            default -> Optional.of(given.oid());
        };
    }

    private static Optional<Integer> range(TypeInfo given) {
        return switch (given.kind()) {
            case RANGE -> Optional.of(given.oid());
            case MULTIRANGE -> Optional.of(given.base());
            default -> Optional.empty();
        };
    }

    /** Domains over arrays and ranges count as those. */
    private TypeInfo base(int actual, int declared) {
        TypeInfo info = objects.types().info(actual);
        boolean scalar = declared == Oids.ANYELEMENT || declared == Oids.ANYNONARRAY || declared == Oids.ANYCOMPATIBLE;
        return info.kind() == Kind.DOMAIN && !scalar ? base(info.base(), declared) : info;
    }

    private Optional<Integer> arrayOf(int element) {
        int array = objects.types().info(element).array();
        return array == 0 ? Optional.empty() : Optional.of(array);
    }

    private Optional<Integer> multirangeOf(int range) {
        return objects.types().all().stream().filter(t -> t.kind() == Kind.MULTIRANGE && t.base() == range).map(TypeInfo::oid)
                .findFirst();
    }
}
