package io.freshet.planner.functions;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.TypeInfo;
import io.freshet.planner.types.TypeModifiers;
import java.util.List;
import java.util.Optional;

/** The one type that the branches of a CASE, the elements of an array or the columns of a set operation get. */
public final class CommonTypes {
    private final ServerObjects objects;
    private final Coercions coercions;

    public CommonTypes(ServerObjects objects) {
        this.objects = objects;
        this.coercions = new Coercions(objects);
    }

    /**
     * The common type, nullable, with the modifier that all share.
     *
     * @param construct for the message: {@code UNION}, {@code CASE}
     * @throws FreshetException INVALID_QUERY when there is none
     */
    public PgType select(List<PgType> types, String construct) {
        return find(types).orElseThrow(() -> mismatch(types, construct));
    }

    Optional<PgType> find(List<PgType> types) {
        return common(types.stream().map(PgType::oid).toList()).map(oid -> {
            int modifier = types.stream().allMatch(t -> t.oid() == oid && t.modifier() == types.getFirst().modifier())
                    ? types.getFirst().modifier()
                    : TypeModifiers.NONE;
            return objects.types().type(oid, modifier);
        });
    }

    Optional<Integer> common(List<Integer> types) {
        int first = types.getFirst();
        if (first != Oids.UNKNOWN && types.stream().allMatch(t -> t == first)) {
            return Optional.of(first);
        }
        int chosen = Oids.UNKNOWN;
        for (int type : types) {
            int next = coercions.base(type);
            if (next == Oids.UNKNOWN || next == chosen) {
                continue;
            }
            if (chosen == Oids.UNKNOWN) {
                chosen = next;
                continue;
            }
            TypeInfo chosenInfo = objects.types().info(chosen);
            if (objects.types().info(next).category() != chosenInfo.category()) {
                return Optional.empty();
            }
            if (!chosenInfo.preferred() && coercions.isImplicit(chosen, next) && !coercions.isImplicit(next, chosen)) {
                chosen = next;
            }
        }
        if (chosen == Oids.UNKNOWN) {
            return Optional.of(Oids.TEXT);
        }
        for (int type : types) {
            if (!coercions.isImplicit(type, chosen)) {
                return Optional.empty();
            }
        }
        return Optional.of(chosen);
    }

    private FreshetException mismatch(List<PgType> types, String construct) {
        PgType first = types.stream().filter(t -> t.oid() != Oids.UNKNOWN).findFirst().orElseThrow();
        PgType other = types.stream().filter(t -> t.oid() != Oids.UNKNOWN && find(List.of(first, t)).isEmpty()).findFirst()
                .orElse(first);
        return FreshetException.of(ErrorCode.INVALID_QUERY,
                construct + " types " + first.text() + " and " + other.text() + " cannot be matched");
    }
}
