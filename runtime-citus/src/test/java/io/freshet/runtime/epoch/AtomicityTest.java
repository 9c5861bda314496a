package io.freshet.runtime.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.runtime.capture.DistributedTransactionId;
import io.freshet.runtime.capture.NodeParts;
import io.freshet.runtime.capture.PgSnapshot;
import io.freshet.runtime.capture.TransactionPart;
import io.freshet.runtime.capture.TransactionPart.Content;
import io.freshet.runtime.capture.TransactionPart.Fate;
import io.freshet.runtime.topology.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whether a cut sees a distributed transaction in part. All snapshots see what is below 100; a part's place is told by its id. */
class AtomicityTest {
    private static final Node COORDINATOR = new Node(0, "localhost", 5432);
    private static final Node FIRST = new Node(1, "localhost", 5433);
    private static final Node SECOND = new Node(2, "localhost", 5434);
    private static final DistributedTransactionId BY_COORDINATOR = new DistributedTransactionId(0, 7, 1);
    private static final DistributedTransactionId BY_FIRST = new DistributedTransactionId(1, 7, 1);
    private static final int SEEN = 50;
    private static final int MISSED = 150;

    private final Map<Node, List<TransactionPart>> parts = new HashMap<>();
    private final Map<Node, Set<Integer>> own = new HashMap<>();

    private AtomicityTest part(Node node, DistributedTransactionId id, int xid, Content content) {
        List<TransactionPart> there = parts.computeIfAbsent(node, n -> new ArrayList<>());
        Fate fate = xid < 100 ? Fate.COMMITTED : Fate.PREPARED;
        there.add(new TransactionPart(id, id + "_" + there.size(), xid, content, fate));
        return this;
    }

    private AtomicityTest changes(Node node, DistributedTransactionId id, int xid) {
        return part(node, id, xid, Content.CHANGES);
    }

    private AtomicityTest nothing(Node node, DistributedTransactionId id, int xid) {
        return part(node, id, xid, Content.NOTHING);
    }

    private AtomicityTest own(Node node, int xid) {
        own.computeIfAbsent(node, n -> new HashSet<>()).add(xid);
        return this;
    }

    private Atomicity atomicity() {
        Map<Node, NodeParts> all = new HashMap<>();
        for (Node node : List.of(COORDINATOR, FIRST, SECOND)) {
            all.put(node, new NodeParts(parts.getOrDefault(node, List.of()), own.getOrDefault(node, Set.of())));
        }
        return new Atomicity(new Cut(all.keySet().stream().collect(Collectors.toMap(n -> n, n -> PgSnapshot.parse("100:100:")))),
                all);
    }

    private boolean isTornByRemoteParts() {
        return atomicity().tornByRemoteParts().isPresent();
    }

    private boolean isTorn(Testimony testimony) {
        Atomicity atomicity = atomicity();
        List<Question> questions = atomicity.questions();
        assertThat(questions).hasSize(1);
        return atomicity.torn(Map.of(questions.getFirst(), testimony)).isPresent();
    }

    private void asksNothing() {
        assertThat(atomicity().questions()).isEmpty();
        assertThat(atomicity().torn(Map.of())).isEmpty();
    }

    @Test
    void nothingIsWhole() {
        asksNothing();
    }

    @Test
    void aTransactionThatIsSeenOnAllNodesIsWhole() {
        changes(FIRST, BY_COORDINATOR, SEEN).changes(SECOND, BY_COORDINATOR, SEEN).asksNothing();
    }

    @Test
    void aTransactionThatIsSeenNowhereIsWholeHoweverLongItStaysInDoubt() {
        changes(FIRST, BY_COORDINATOR, MISSED).changes(SECOND, BY_COORDINATOR, MISSED).asksNothing();
    }

    @Test
    void aTransactionThatIsSeenOnOneNodeOnlyIsTorn() {
        changes(FIRST, BY_COORDINATOR, SEEN).changes(SECOND, BY_COORDINATOR, MISSED);
        assertThat(isTornByRemoteParts()).isTrue();
        assertThat(atomicity().torn(Map.of())).hasValueSatisfying(t -> assertThat(t.transaction()).isEqualTo(BY_COORDINATOR));
    }

    @Test
    void twoPartsOnOneNodeCanBeTorn() {
        changes(FIRST, BY_COORDINATOR, SEEN).changes(FIRST, BY_COORDINATOR, MISSED);
        assertThat(isTornByRemoteParts()).isTrue();
    }

    @Test
    void anEmptyPartCountsWhenAnotherHasChanges() {
        nothing(FIRST, BY_COORDINATOR, SEEN).changes(SECOND, BY_COORDINATOR, MISSED);
        assertThat(isTornByRemoteParts()).isTrue();
    }

    @Test
    void differentTransactionsAreNotMixedUp() {
        changes(FIRST, BY_COORDINATOR, SEEN).changes(SECOND, new DistributedTransactionId(0, 7, 2), MISSED).asksNothing();
    }

    @Test
    void aTransactionWithoutChangesDoesNotMatter() {
        nothing(FIRST, BY_COORDINATOR, SEEN).nothing(SECOND, BY_COORDINATOR, MISSED).asksNothing();
    }

    @Test
    void anUnknownInitiatorIsNotAsked() {
        changes(FIRST, new DistributedTransactionId(9, 7, 1), SEEN).own(COORDINATOR, MISSED).asksNothing();
    }

    @Test
    void anInitiatorWhoseOwnChangesAreAllOnTheSameSideIsNotAsked() {
        changes(FIRST, BY_COORDINATOR, SEEN).own(COORDINATOR, SEEN).asksNothing();
        parts.clear();
        own.clear();
        changes(FIRST, BY_COORDINATOR, MISSED).own(COORDINATOR, MISSED).asksNothing();
    }

    @Test
    void theInitiatorsChangesAreMissedWhileARemotePartIsSeen() {
        changes(FIRST, BY_COORDINATOR, SEEN).own(COORDINATOR, MISSED);
        assertThat(isTorn(new Testimony.Later(MISSED))).isTrue();
        assertThat(isTorn(new Testimony.Later(MISSED + 1))).as("another transaction's changes").isFalse();
        assertThat(isTorn(new Testimony.Visible(SEEN))).isFalse();
    }

    @Test
    void theInitiatorsChangesAreSeenWhileARemotePartIsMissed() {
        changes(FIRST, BY_COORDINATOR, MISSED).own(COORDINATOR, SEEN);
        assertThat(isTorn(new Testimony.Visible(SEEN))).isTrue();
        assertThat(isTorn(new Testimony.Visible(SEEN + 1))).as("another transaction's changes").isFalse();
        assertThat(isTorn(new Testimony.Later(MISSED))).isFalse();
        assertThat(isTorn(new Testimony.Uncommitted())).as("in doubt").isFalse();
    }

    @Test
    void copiesOfAReferenceTableAreChangedByEmptyParts() {
        nothing(FIRST, BY_COORDINATOR, SEEN).nothing(SECOND, BY_COORDINATOR, MISSED).own(COORDINATOR, SEEN);
        assertThat(isTornByRemoteParts()).isFalse();
        assertThat(isTorn(new Testimony.Visible(SEEN))).isTrue();
        assertThat(isTorn(new Testimony.Visible(SEEN + 1))).as("it changed no source").isFalse();
    }

    @Test
    void aReferenceTableThatIsWrittenThroughAWorkerMakesTheWorkersOwnPartMatter() {
        changes(COORDINATOR, BY_FIRST, SEEN).nothing(SECOND, BY_FIRST, SEEN);
        assertThat(isTorn(new Testimony.Later(MISSED))).isTrue();
        assertThat(isTorn(new Testimony.Visible(SEEN))).isFalse();
        parts.clear();
        changes(COORDINATOR, BY_FIRST, MISSED).nothing(SECOND, BY_FIRST, MISSED);
        assertThat(isTorn(new Testimony.Visible(SEEN))).isTrue();
        assertThat(isTorn(new Testimony.Uncommitted())).isFalse();
    }

    @Test
    void recordsThatAreGoneAreNotTrustedBeforeTheNextCut() {
        changes(FIRST, BY_COORDINATOR, SEEN).own(COORDINATOR, MISSED);
        assertThat(isTorn(new Testimony.Gone())).isTrue();
        assertThat(isTorn(new Testimony.Settled())).isFalse();
        assertThat(isTorn(new Testimony.Fenced())).isFalse();
    }

    @Test
    void questionsNameTheRecordOfEveryRemotePart() {
        changes(FIRST, BY_COORDINATOR, SEEN).nothing(FIRST, BY_COORDINATOR, SEEN).changes(SECOND, BY_COORDINATOR, SEEN)
                .own(COORDINATOR, MISSED);
        assertThat(atomicity().questions()).singleElement().satisfies(question -> {
            assertThat(question.initiator()).isEqualTo(COORDINATOR);
            assertThat(question.remote()).isEqualTo(Fate.COMMITTED);
            assertThat(question.records()).containsExactlyInAnyOrder(new Question.Key(1, BY_COORDINATOR + "_0"),
                    new Question.Key(1, BY_COORDINATOR + "_1"), new Question.Key(2, BY_COORDINATOR + "_0"));
        });
    }
}
