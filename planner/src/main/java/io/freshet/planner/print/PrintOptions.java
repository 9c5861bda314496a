package io.freshet.planner.print;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.calcite.rel.RelNode;

/**
 * What a caller can say about how a plan is printed.
 *
 * @param comments the lines above the SELECT that an operator becomes part of
 * @param aliases the alias of a leaf
 * @param parameters the text of a parameter by its number from 0
 */
record PrintOptions(ScanRenderer scans, Function<RelNode, Optional<String>> comments, Function<RelNode, Optional<String>> aliases,
        IntFunction<String> parameters) {

    static final PrintOptions PLAIN = new PrintOptions(ScanRenderer.PLAIN, rel -> Optional.empty(), rel -> Optional.empty(),
            number -> "$" + (number + 1));

    Optional<String> comment(RelNode rel) {
        return comments.apply(rel);
    }

    Optional<String> alias(RelNode rel) {
        return aliases.apply(rel);
    }

    String parameter(int number) {
        return parameters.apply(number);
    }
}
