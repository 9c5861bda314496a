package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.DistributedTransactionId;
import io.freshet.runtime.capture.NodeParts;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.capture.TransactionPart;
import io.freshet.runtime.topology.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a cut is atomic: of no distributed transaction that changed a source does it see one part and miss another. Pure: what was
 * read goes in, the decision comes out. The laws, of Citus's two-phase commit:
 *
 * <ol>
 * <li>All remote parts are prepared, then the initiator's own part commits, then the remote parts do. So when the cut sees a remote part, the
 *     initiator's has committed, all remote parts are known, and those that the cut misses are missed by it alone.
 * <li>A part is visible if the snapshot of its node sees its transaction id, whatever the stream has told of its commit. A part that is
 *     prepared and whose initiator has not committed is visible nowhere: it may stay in doubt for as long as it likes.
 * <li>Whether the initiator's own part is seen matters if it changed a source: then its id is among the node's own transactions with changes.
 *     It also matters if the transaction changed something on the coordinator from a worker: that may be a reference table, whose copies
 *     change without a trace in the workers' streams.
 * <li>A transaction in which nothing changed a source does not matter, wherever it is seen. If the initiator's own part did, all remote parts
 *     matter, the empty ones too: the copies of a reference table change in such.
 * </ol>
 */
final class Atomicity {
    private final Cut cut;
    private final Map<Node, NodeParts> parts;
    private final Map<DistributedTransactionId, Remote> transactions = new LinkedHashMap<>();
    /** The nodes of whose own transactions the cut sees one, and those of which it misses one. */
    private final Set<Node> nodesWithSeen = new HashSet<>();
    private final Set<Node> nodesWithMissed = new HashSet<>();

    /** The remote parts of one transaction. */
    private record Remote(List<Placed> seen, List<Placed> missed) {
        private Remote() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        private List<Placed> all() {
            List<Placed> all = new ArrayList<>(seen);
            all.addAll(missed);
            return all;
        }

        private boolean isMixed() {
            return !seen.isEmpty() && !missed.isEmpty();
        }

        private boolean hasChanges() {
            return all().stream().anyMatch(Placed::hasChanges);
        }

        private TransactionPart.Fate fate() {
            return !seen.isEmpty() || missed.stream().anyMatch(p -> p.part().fate() == TransactionPart.Fate.COMMITTED)
                    ? TransactionPart.Fate.COMMITTED
                    : TransactionPart.Fate.PREPARED;
        }
    }

    private record Placed(Node node, TransactionPart part) {
        private boolean hasChanges() {
            return part.content() == TransactionPart.Content.CHANGES;
        }
    }

    Atomicity(Cut cut, Map<Node, NodeParts> parts) {
        this.cut = cut;
        this.parts = Map.copyOf(parts);
        parts.forEach((node, ofNode) -> {
            for (TransactionPart part : ofNode.parts()) {
                Remote remote = transactions.computeIfAbsent(part.transaction(), id -> new Remote());
                (sees(node, part.xid()) ? remote.seen() : remote.missed()).add(new Placed(node, part));
            }
            for (int xid : ofNode.own()) {
                (sees(node, xid) ? nodesWithSeen : nodesWithMissed).add(node);
            }
        });
    }

    /** A transaction that is torn whatever its initiator says. */
    Optional<TornTransaction> tornByRemoteParts() {
        for (Map.Entry<DistributedTransactionId, Remote> each : transactions.entrySet()) {
            Remote remote = each.getValue();
            if (remote.isMixed() && remote.hasChanges()) {
                return Optional.of(new TornTransaction(each.getKey(), "on " + remote.seen().getFirst().node() + ", not on "
                        + remote.missed().getFirst().node()));
            }
        }
        return Optional.empty();
    }

    /** What has to be asked before {@link #torn} can answer; mostly nothing. */
    List<Question> questions() {
        List<Question> questions = new ArrayList<>();
        transactions.forEach((id, remote) -> initiator(id).ifPresent(initiator -> {
            if (initiatorMayMatter(initiator, remote)) {
                questions.add(new Question(initiator, id, remote.all().stream()
                        .map(p -> new Question.Key(p.node().groupId(), p.part().gid())).toList(), remote.fate()));
            }
        }));
        return questions;
    }

    /** A transaction that is torn, given the answers to all {@link #questions}. */
    Optional<TornTransaction> torn(Map<Question, Testimony> answers) {
        Optional<TornTransaction> byRemoteParts = tornByRemoteParts();
        if (byRemoteParts.isPresent()) {
            return byRemoteParts;
        }
        return answers.entrySet().stream().flatMap(e -> torn(e.getKey(), e.getValue()).stream()).findFirst();
    }

    private Optional<TornTransaction> torn(Question question, Testimony testimony) {
        Remote remote = transactions.get(question.transaction());
        Node initiator = question.initiator();
        return switch (testimony) {
            case Testimony.Visible t when matters(initiator, t.xid(), remote) -> seenAtInitiator(question, remote);
            case Testimony.Later t when matters(initiator, t.xid(), remote) -> missedAtInitiator(question, remote);
            case Testimony.Visible t -> Optional.empty();
            case Testimony.Later t -> Optional.empty();
            case Testimony.Uncommitted t -> Optional.empty();
            case Testimony.Settled t -> Optional.empty();
            case Testimony.Fenced t -> Optional.empty();
            case Testimony.Gone t ->
                Optional.of(new TornTransaction(question.transaction(), "it may be; its records on " + initiator + " are gone"));
        };
    }

    private static Optional<TornTransaction> seenAtInitiator(Question question, Remote remote) {
        return remote.missed().stream().findFirst().map(p -> new TornTransaction(question.transaction(),
                "on its initiator, " + question.initiator() + ", not on " + p.node()));
    }

    private static Optional<TornTransaction> missedAtInitiator(Question question, Remote remote) {
        return remote.seen().stream().findFirst().map(p -> new TornTransaction(question.transaction(),
                "on " + p.node() + ", not on its initiator, " + question.initiator()));
    }

    /** The node that runs the transaction, if the epoch reads it. */
    private Optional<Node> initiator(DistributedTransactionId id) {
        return parts.keySet().stream().filter(n -> n.groupId() == id.initiator()).findFirst();
    }

    private boolean initiatorMayMatter(Node initiator, Remote remote) {
        if (mayChangeReferenceTable(initiator, remote)) {
            return true;
        }
        return !remote.seen().isEmpty() && nodesWithMissed.contains(initiator)
                || !remote.missed().isEmpty() && nodesWithSeen.contains(initiator);
    }

    private boolean matters(Node initiator, int xid, Remote remote) {
        return mayChangeReferenceTable(initiator, remote) || parts.get(initiator).own().contains(xid);
    }

    private static boolean mayChangeReferenceTable(Node initiator, Remote remote) {
        return !initiator.isCoordinator()
                && remote.all().stream().anyMatch(p -> p.node().isCoordinator() && p.hasChanges());
    }

    private boolean sees(Node node, int xid) {
        PgSnapshot snapshot = cut.snapshots().get(node);
        return snapshot.sees(xid);
    }
}
