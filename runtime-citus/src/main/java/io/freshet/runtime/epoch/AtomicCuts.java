package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.NodeParts;
import io.freshet.runtime.capture.TransactionPart;
import io.freshet.runtime.epoch.Question.Key;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that an epoch's cut is atomic: inspects each anchored cut, and says how the next try goes when it is not. A cut that is torn is
 * given up and taken again, at once: the parts of a transaction commit within moments. After {@link #FREE_TRIES} in a row the next ones
 * are taken behind a {@link Fence}, so that a load that never pauses cannot keep an epoch from its cut. What is torn even then is a
 * transaction whose remote part could not be committed; the epoch fails, and Citus is asked to recover it.
 */
final class AtomicCuts {
    private static final Logger LOG = LoggerFactory.getLogger(AtomicCuts.class);
    private static final int FREE_TRIES = 3;
    private static final int FENCED_TRIES = 3;

    private final Set<Integer> initiators = new HashSet<>();
    private final Map<Node, AnchorRow> rows = new HashMap<>();
    /** Records that were found gone, while their part was committed, before the cut that comes next is taken. */
    private final Set<Key> settled = new HashSet<>();
    private int torn;
    private int fenced;

    /** A new epoch begins. */
    void begin() {
        torn = 0;
        fenced = 0;
        initiators.clear();
        rows.clear();
    }

    /** How many cuts of this epoch were torn. */
    int torn() {
        return torn;
    }

    boolean mustFence() {
        return torn >= FREE_TRIES;
    }

    /** The workers that have torn a cut of this epoch: the fence is raised there, too. */
    Collection<AnchorRow> workersToFence() {
        return rows.entrySet().stream().filter(e -> initiators.contains(e.getKey().groupId())).map(Map.Entry::getValue).toList();
    }

    /**
     * Whether the cut is atomic. When it is not, roll back and take another one.
     *
     * @param records of the initiators, as this cut sees them
     * @param observer a session of the coordinator, in no transaction
     * @throws AnchorLostException it is not, and trying again will not help
     */
    boolean accepts(AnchoredCut cut, Map<Node, NodeParts> parts, InitiatorRecords records, Connection observer)
            throws SQLException, AnchorLostException {
        Anchor anchor = cut.anchor();
        Atomicity atomicity = new Atomicity(cut.cut(), parts);
        Optional<TornTransaction> found = atomicity.tornByRemoteParts();
        if (found.isEmpty()) {
            found = atomicity.torn(ask(atomicity.questions(), records));
        }
        if (found.isPresent()) {
            record(found.get(), anchor, observer);
        }
        return found.isEmpty();
    }

    private void record(TornTransaction found, Anchor anchor, Connection observer) throws SQLException, AnchorLostException {
        LOG.debug("the cut {} is torn, another one is taken: {}", anchor.cut(), found);
        torn++;
        anchor.rows().forEach(rows::put);
        if (initiators.add(found.transaction().initiator())) {
            fenced = 0;
        } else if (torn > FREE_TRIES && ++fenced >= FENCED_TRIES) {
            if (found.transaction().initiator() != Node.COORDINATOR_GROUP) {
                // The coordinator's own are recovered whenever the state is read again.
                Jdbc.list(observer, "SELECT result FROM run_command_on_workers('SELECT recover_prepared_transactions()')",
                        row -> Optional.ofNullable(row.getString(1)));
            }
            throw new AnchorLostException(found.toString());
        }
    }

    private Map<Question, Testimony> ask(List<Question> questions, InitiatorRecords records) throws SQLException {
        Set<Key> asked = new HashSet<>();
        Map<Question, Testimony> answers = new LinkedHashMap<>();
        Map<Node, List<Question>> byInitiator = questions.stream().collect(Collectors.groupingBy(Question::initiator));
        for (Map.Entry<Node, List<Question>> each : byInitiator.entrySet()) {
            Node initiator = each.getKey();
            Map<Key, Integer> visible = records.seenByCut(initiator, keys(each.getValue()));
            List<Question> open = new ArrayList<>();
            for (Question question : each.getValue()) {
                asked.addAll(question.records());
                Optional<Integer> writer = first(visible, question);
                if (writer.isPresent()) {
                    answers.put(question, new Testimony.Visible(writer.get()));
                } else if (question.remote() == TransactionPart.Fate.PREPARED) {
                    answers.put(question, new Testimony.Uncommitted());
                } else {
                    open.add(question);
                }
            }
            if (!open.isEmpty()) {
                Map<Key, Integer> now = records.committedNow(initiator, keys(open));
                open.forEach(question -> answers.put(question, unseen(question, first(now, question))));
            }
        }
        settled.retainAll(asked);
        return answers;
    }

    /** What to make of a transaction with a committed part whose records the cut does not see. */
    private Testimony unseen(Question question, Optional<Integer> writerNow) {
        if (writerNow.isPresent()) {
            return new Testimony.Later(writerNow.get());
        }
        if (settled.containsAll(question.records())) {
            return new Testimony.Settled();
        }
        if (wasFenced(question.initiator())) {
            // Citus may remove records as fast as it likes: the cut behind the fence does not need them.
            return new Testimony.Fenced();
        }
        settled.addAll(question.records());
        return new Testimony.Gone();
    }

    /** Whether the cut that is being looked at was taken behind a fence on this node. */
    private boolean wasFenced(Node initiator) {
        return mustFence()
                && (initiator.isCoordinator() || initiators.contains(initiator.groupId()) && rows.containsKey(initiator));
    }

    private static Optional<Integer> first(Map<Key, Integer> found, Question question) {
        return question.records().stream().filter(found::containsKey).map(found::get).findFirst();
    }

    private static List<Key> keys(Collection<Question> questions) {
        return questions.stream().flatMap(q -> q.records().stream()).toList();
    }
}
