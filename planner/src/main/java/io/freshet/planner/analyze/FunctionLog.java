package io.freshet.planner.analyze;

import io.freshet.errors.SourcePosition;
import io.freshet.planner.functions.Volatility;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects what a query calls that can give another result another time. */
final class FunctionLog {
    private final Set<ChangingFunction> uses = new LinkedHashSet<>();

    void add(String name, Volatility volatility, Optional<SourcePosition> position) {
        if (volatility != Volatility.IMMUTABLE) {
            uses.add(new ChangingFunction(name, volatility, position));
        }
    }

    List<ChangingFunction> uses() {
        return List.copyOf(uses);
    }
}
