package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.topology.Node;
import java.util.Map;

/**
 * An anchored transaction, and its cut, which is atomic; the streams have shown its barriers.
 *
 * @param torn how many cuts were given up before it
 */
record AnchoredCut(Anchor anchor, Cut cut, Map<Node, Lsn> barriers, int torn) {
    AnchoredCut {
        barriers = Map.copyOf(barriers);
    }
}
