package io.freshet.ivm.rules;

import java.util.List;
import java.util.stream.Stream;
import org.apache.calcite.rel.RelNode;

/**
 * What changes in the result of a plan: the sum of its terms. Each term has the plan's columns and then the weight, an integer that says
 * how many copies of the row come (above 0) or go (below 0). A row may stand in several terms; only the sum of its weights counts.
 */
public record Delta(List<RelNode> terms) {
    public Delta {
        terms = List.copyOf(terms);
    }

    static Delta none() {
        return new Delta(List.of());
    }

    static Delta of(RelNode term) {
        return new Delta(List.of(term));
    }

    Delta plus(Delta other) {
        return new Delta(Stream.concat(terms.stream(), other.terms.stream()).toList());
    }

    public boolean isEmpty() {
        return terms.isEmpty();
    }
}
