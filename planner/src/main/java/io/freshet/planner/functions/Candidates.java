package io.freshet.planner.functions;

import io.freshet.planner.types.Oids;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * PostgreSQL's choice among overloads (its documentation: "Operator Type Resolution", "Function Type Resolution"): exact matches, then
 * preferred types, then the category that untyped literals are taken for.
 */
final class Candidates {
    private static final char STRING = 'S';

    private final ServerObjects objects;
    private final Coercions coercions;

    /** An overload with as many argument types as the call has arguments. */
    record Candidate<T>(T target, List<Integer> arguments) {
    }

    Candidates(ServerObjects objects) {
        this.objects = objects;
        this.coercions = new Coercions(objects);
    }

    /** The one whose argument types are exactly the given ones. */
    static <T> Optional<Candidate<T>> exact(List<Candidate<T>> candidates, List<Integer> given) {
        return candidates.stream().filter(c -> c.arguments().equals(given)).findFirst();
    }

    /** The best that accepts the given types; empty when none does, or when no one is best. */
    <T> List<Candidate<T>> best(List<Candidate<T>> all, List<Integer> given) {
        List<Candidate<T>> candidates = all.stream().filter(c -> coercions.areImplicit(given, c.arguments())).toList();
        if (candidates.size() <= 1) {
            return candidates;
        }
        List<Integer> known = given.stream().map(coercions::base).toList();
        candidates = most(candidates, c -> matches(known, c.arguments(), false));
        if (candidates.size() == 1) {
            return candidates;
        }
        candidates = most(candidates, c -> matches(known, c.arguments(), true));
        if (candidates.size() == 1 || !known.contains(Oids.UNKNOWN)) {
            return candidates;
        }
        candidates = byCategory(candidates, known);
        return candidates.size() == 1 ? candidates : asTheKnownType(candidates, known);
    }

    private int matches(List<Integer> given, List<Integer> declared, boolean orPreferred) {
        int count = 0;
        for (int i = 0; i < given.size(); i++) {
            int type = given.get(i);
            if (type != Oids.UNKNOWN
                    && (declared.get(i) == type || orPreferred && isPreferred(category(type), declared.get(i)))) {
                count++;
            }
        }
        return count;
    }

    private static <T> List<Candidate<T>> most(List<Candidate<T>> candidates, ToIntFunction<Candidate<T>> score) {
        int highest = candidates.stream().mapToInt(score).max().orElse(0);
        return candidates.stream().filter(c -> score.applyAsInt(c) == highest).toList();
    }

    private <T> List<Candidate<T>> byCategory(List<Candidate<T>> candidates, List<Integer> given) {
        List<Candidate<T>> kept = candidates;
        for (int i = 0; i < given.size(); i++) {
            if (given.get(i) != Oids.UNKNOWN) {
                continue;
            }
            int position = i;
            List<Character> categories = candidates.stream().map(c -> category(c.arguments().get(position))).distinct().toList();
            if (categories.size() > 1 && !categories.contains(STRING)) {
                return candidates;
            }
            char category = categories.size() == 1 ? categories.getFirst() : STRING;
            boolean preferred = candidates.stream().anyMatch(c -> isPreferred(category, c.arguments().get(position)));
            kept = kept.stream().filter(c -> category(c.arguments().get(position)) == category
                    && (!preferred || isPreferred(category, c.arguments().get(position)))).toList();
        }
        return kept.isEmpty() ? candidates : kept;
    }

    /** When all typed arguments have one type, the untyped ones are tried with it. */
    private <T> List<Candidate<T>> asTheKnownType(List<Candidate<T>> candidates, List<Integer> given) {
        List<Integer> known = given.stream().filter(t -> t != Oids.UNKNOWN).distinct().toList();
        if (known.size() != 1) {
            return candidates;
        }
        List<Integer> assumed = new ArrayList<>();
        given.forEach(t -> assumed.add(known.getFirst()));
        List<Candidate<T>> fitting = candidates.stream().filter(c -> coercions.areImplicit(assumed, c.arguments())).toList();
        return fitting.size() == 1 ? fitting : candidates;
    }

    private char category(int type) {
        return objects.types().info(type).category();
    }

    private boolean isPreferred(char category, int type) {
        return objects.types().info(type).preferred() && category(type) == category;
    }
}
