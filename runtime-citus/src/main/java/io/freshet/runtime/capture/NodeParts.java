package io.freshet.runtime.capture;

import java.util.List;
import java.util.Set;

/**
 * What one node has of transactions that may lie on several nodes, and that no committed epoch has seen.
 *
 * @param parts the remote parts, the empty ones too
 * @param own the 32-bit ids of committed transactions with changes that are no remote part: some may be the initiator's own part of one
 */
public record NodeParts(List<TransactionPart> parts, Set<Integer> own) {
    public NodeParts {
        parts = List.copyOf(parts);
        own = Set.copyOf(own);
    }
}
