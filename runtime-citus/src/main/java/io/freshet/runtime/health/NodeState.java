package io.freshet.runtime.health;

import io.freshet.runtime.capture.Lsn;
import io.freshet.runtime.capture.Slots;
import io.freshet.runtime.capture.StreamStatus;
import io.freshet.runtime.topology.Node;
import java.util.Optional;

/**
 * What one look at a node found.
 *
 * @param answer what the node said; empty when it did not answer
 * @param stream how the daemon's own stream is doing; empty when the node is not being read
 * @param error why the node did not answer, or is not being read; empty when all is well, or when it need not be read
 */
record NodeState(Node node, Optional<Answer> answer, Optional<StreamStatus> stream, Optional<String> error) {

    /**
     * A node's own words.
     *
     * @param end where its WAL ends
     * @param slot empty when it has none of this name
     * @param settingsError the setting that forbids capture, and its cure
     * @param findings an array of JSON objects, see {@code pgt_node_states}
     */
    record Answer(Lsn end, Optional<Slots.State> slot, Optional<String> settingsError, String findings) {
        /** WAL bytes that the slot has not confirmed. */
        Optional<Long> lag() {
            return slot.map(s -> distance(s.confirmed()));
        }

        /** WAL bytes that the node keeps for the slot; a lost slot keeps none. */
        Optional<Long> retained() {
            return slot.filter(s -> !s.restart().equals(Lsn.INVALID)).map(s -> distance(s.restart()));
        }

        private long distance(Lsn from) {
            return Math.max(0, end.value() - from.value());
        }
    }

    boolean isRead() {
        return stream.isPresent() && stream.get().failure().isEmpty();
    }

    /** Whether the node has no slot and needs none. */
    boolean isUnused() {
        return answer.isPresent() && stream.isEmpty() && error.isEmpty();
    }

    boolean isWell() {
        return answer.isPresent() && isRead() || isUnused();
    }

    /** What lies below it is in committed epochs, or changes no source. A slot hears of it later than the daemon knows it. */
    Optional<Lsn> frontier() {
        Optional<Lsn> known = stream.map(StreamStatus::confirmed);
        Optional<Lsn> told = answer.flatMap(Answer::slot).map(Slots.State::confirmed);
        return known.isPresent() && told.isPresent() && told.get().isBefore(known.get()) ? known : told.or(() -> known);
    }
}
