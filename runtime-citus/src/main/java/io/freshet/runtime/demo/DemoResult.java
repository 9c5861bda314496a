package io.freshet.runtime.demo;

import io.freshet.runtime.sqlapi.StreamTableFunctions.Verification;
import java.util.List;

/**
 * How the demonstration ended.
 *
 * @param verifications of each stream table, made while the writers wrote
 * @param last the figures at the end
 */
public record DemoResult(List<Verification> verifications, Figures last) {
    /** Whether every stream table equals its query. */
    public boolean isRight() {
        return verifications.stream().allMatch(Verification::isEqual);
    }
}
