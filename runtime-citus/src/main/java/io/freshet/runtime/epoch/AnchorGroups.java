package io.freshet.runtime.epoch;

import java.util.Set;

/**
 * Co-location groups that stream tables read or lie in.
 *
 * @param covered those all of whose nodes can be used: an epoch anchors them
 * @param withoutHistory those of the covered ones whose anchors may be at any epoch: nothing that is believed depends on them
 */
public record AnchorGroups(Set<Integer> all, Set<Integer> covered, Set<Integer> withoutHistory) {
    public AnchorGroups {
        all = Set.copyOf(all);
        covered = Set.copyOf(covered);
        withoutHistory = Set.copyOf(withoutHistory);
    }
}
