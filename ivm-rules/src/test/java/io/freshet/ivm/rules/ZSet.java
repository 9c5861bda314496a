package io.freshet.ivm.rules;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Rows with weights; a row of weight 0 is not there. Values are integers, booleans as 0 and 1, or null. */
final class ZSet {
    private final Map<List<@Nullable Long>, Long> weights = new LinkedHashMap<>();

    void add(List<@Nullable Long> row, long weight) {
        weights.merge(row, weight, Long::sum);
        weights.remove(row, 0L);
    }

    ZSet plus(ZSet other) {
        ZSet sum = new ZSet();
        forEach(sum::add);
        other.forEach(sum::add);
        return sum;
    }

    ZSet minus(ZSet other) {
        ZSet difference = new ZSet();
        forEach(difference::add);
        other.forEach((row, weight) -> difference.add(row, -weight));
        return difference;
    }

    void forEach(BiConsumer<List<@Nullable Long>, Long> action) {
        weights.forEach(action);
    }

    boolean isEmpty() {
        return weights.isEmpty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ZSet that && weights.equals(that.weights);
    }

    @Override
    public int hashCode() {
        return weights.hashCode();
    }

    @Override
    public String toString() {
        return weights.toString();
    }
}
