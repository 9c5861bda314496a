package io.freshet.planner.functions;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that a misspelt one was probably meant to be. */
public final class ClosestName {
    private static final int MOST_EDITS = 3;

    private ClosestName() {
    }

    /** The candidate that is the fewest single-character edits away, when those are few for the name's length. */
    public static Optional<String> of(String name, Collection<String> candidates) {
        int limit = Math.min(MOST_EDITS, name.length() / 3);
        return candidates.stream().filter(c -> Math.abs(c.length() - name.length()) <= limit && edits(name, c) <= limit)
                .min(Comparator.<String>comparingInt(c -> edits(name, c)).thenComparing(Comparator.naturalOrder()));
    }

    private static int edits(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
