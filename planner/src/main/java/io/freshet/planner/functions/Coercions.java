package io.freshet.planner.functions;

import io.freshet.planner.functions.CastInfo.Context;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.TypeInfo;
import io.freshet.planner.types.TypeInfo.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which type can become which, by PostgreSQL's rules (parse_coerce.c of its sources says them). Works on oids. */
public final class Coercions {
    private static final Set<Integer> SIMPLE_FAMILY = Set.of(Oids.ANYELEMENT, Oids.ANYARRAY, Oids.ANYNONARRAY, Oids.ANYENUM,
            Oids.ANYRANGE, Oids.ANYMULTIRANGE);
    private static final Set<Integer> COMPATIBLE_FAMILY = Set.of(Oids.ANYCOMPATIBLE, Oids.ANYCOMPATIBLEARRAY,
            Oids.ANYCOMPATIBLENONARRAY, Oids.ANYCOMPATIBLERANGE, Oids.ANYCOMPATIBLEMULTIRANGE);

    private final ServerObjects objects;

    public Coercions(ServerObjects objects) {
        this.objects = objects;
    }

    static boolean isPolymorphic(int type) {
        return SIMPLE_FAMILY.contains(type) || COMPATIBLE_FAMILY.contains(type);
    }

    static boolean isCompatibleFamily(int type) {
        return COMPATIBLE_FAMILY.contains(type);
    }

    /** Whether a value of {@code source} can stand where {@code target} is expected, with nothing written. */
    boolean isImplicit(int source, int target) {
        if (source == target || target == Oids.ANY || source == Oids.UNKNOWN || isPolymorphic(target)) {
            return true;
        }
        return isAllowed(source, target, Context.IMPLICIT) || isRowCoercion(source, target);
    }

    boolean areImplicit(List<Integer> sources, List<Integer> targets) {
        for (int i = 0; i < sources.size(); i++) {
            if (!isImplicit(sources.get(i), targets.get(i))) {
                return false;
            }
        }
        return targets.stream().noneMatch(Coercions::isPolymorphic) || new Polymorphism(objects).isConsistent(sources, targets);
    }

    /** Whether {@code CAST(source AS target)} can be written. */
    public boolean isExplicit(PgType source, PgType target) {
        return source.oid() == Oids.UNKNOWN || isAllowed(source.oid(), target.oid(), Context.EXPLICIT)
                || isRowCoercion(source.oid(), target.oid());
    }

    /** Whether {@code source} becomes {@code target} by relabelling or through its text. */
    public boolean needsNoFunction(PgType source, PgType target) {
        if (source.oid() == Oids.UNKNOWN || base(source.oid()) == base(target.oid())) {
            return true;
        }
        Optional<CastInfo> cast = objects.cast(base(source.oid()), base(target.oid()));
        return cast.map(c -> c.method() != CastInfo.Method.FUNCTION).orElseGet(() -> isExplicit(source, target));
    }

    /** Whether the same bytes are a value of both types, as for varchar and text. */
    boolean isBinary(int source, int target) {
        int from = base(source);
        if (from == target) {
            return true;
        }
        Kind kind = info(from).kind();
        if (target == Oids.ANY || target == Oids.ANYELEMENT || target == Oids.ANYARRAY && kind == Kind.ARRAY
                || target == Oids.ANYENUM && kind == Kind.ENUM || target == Oids.RECORD && kind == Kind.COMPOSITE) {
            return true;
        }
        return objects.cast(from, target).filter(c -> c.method() == CastInfo.Method.BINARY && c.context() == Context.IMPLICIT)
                .isPresent();
    }

    /** The worst volatility of the functions that a cast runs. */
    public Volatility volatility(PgType source, PgType target) {
        int from = base(source.oid());
        int to = base(target.oid());
        if (from == to || from == Oids.UNKNOWN) {
            // The input of a literal happens once; a "now"-like one is a constant of the query's first planning.
            return Volatility.IMMUTABLE;
        }
        Optional<CastInfo> cast = objects.cast(from, to);
        if (cast.isPresent() && cast.get().method() == CastInfo.Method.FUNCTION) {
            return objects.function(cast.get().function()).map(FunctionInfo::volatility).orElse(Volatility.IMMUTABLE);
        }
        if (cast.isPresent() && cast.get().method() == CastInfo.Method.BINARY) {
            return Volatility.IMMUTABLE;
        }
        return isTimeLike(from) || isTimeLike(to) ? Volatility.STABLE : Volatility.IMMUTABLE;
    }

    /** The text of these depends on DateStyle, IntervalStyle or TimeZone. */
    private static boolean isTimeLike(int type) {
        return type == Oids.DATE || type == Oids.TIMESTAMP || type == Oids.TIMESTAMPTZ || type == Oids.TIMETZ || type == Oids.TIME
                || type == Oids.INTERVAL;
    }

    private boolean isAllowed(int source, int target, Context context) {
        int from = base(source);
        int to = base(target);
        if (from == to) {
            return true;
        }
        Optional<CastInfo> cast = objects.cast(from, to);
        if (cast.isPresent()) {
            return cast.get().context().compareTo(context) <= 0;
        }
        TypeInfo fromInfo = info(from);
        TypeInfo toInfo = info(to);
        if (fromInfo.kind() == Kind.ARRAY && toInfo.kind() == Kind.ARRAY
                && isAllowed(fromInfo.element(), toInfo.element(), context)) {
            return true;
        }
        return context != Context.IMPLICIT && toInfo.category() == 'S'
                || context == Context.EXPLICIT && fromInfo.category() == 'S';
    }

    private boolean isRowCoercion(int source, int target) {
        Kind from = info(base(source)).kind();
        Kind to = info(base(target)).kind();
        return source == Oids.RECORD && to == Kind.COMPOSITE || target == Oids.RECORD && from == Kind.COMPOSITE;
    }

    int base(int type) {
        TypeInfo info = info(type);
        return info.kind() == Kind.DOMAIN ? base(info.base()) : type;
    }

    private TypeInfo info(int oid) {
        return objects.types().info(oid);
    }
}
