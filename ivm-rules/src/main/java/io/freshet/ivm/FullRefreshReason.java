package io.freshet.ivm;

import io.freshet.errors.SourcePosition;
import java.util.Optional;

/**
 * Why a query is refreshed in full.
 *
 * @param operator the operator without a rule, in the field's words: {@code LEFT JOIN}, {@code window function}
 * @param message one sentence
 * @param hint what the user can write instead, or empty
 * @param position where in the query, when known
 */
public record FullRefreshReason(String operator, String message, Optional<String> hint, Optional<SourcePosition> position) {
}
