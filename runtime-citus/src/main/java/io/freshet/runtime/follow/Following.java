package io.freshet.runtime.follow;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.epoch.Premises;
import io.freshet.runtime.store.EpochStore;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Knows which sources the streams follow. The laws of Citus's decoder, from which this follows:
 *
 * <ol>
 * <li>It asks the node's catalog once per shard and connection which table a shard belongs to, when it decodes the shard's first change, and keeps
 *     the answer. A shard that it does not find belongs to nobody for as long as the connection lives.
 * <li>It does not find a shard whose metadata is written by the very transaction that it decodes. So a table that is created and filled in one
 *     transaction is never seen by a stream that decodes that transaction; it is seen by one that begins behind it.
 * <li>It does not find a shard whose metadata is gone, and has been vacuumed away, by the time it decodes: what was written to the shard before a
 *     split, and is decoded only after it, is lost. A stream that was reading all the time has found the shard before.
 * <li>A TRUNCATE is shown by the stream of the node that ran it, and by no other; that of a partition by none.
 * <li>It takes any table for a shard whose name ends like one.
 * </ol>
 *
 * <p>Hence: nothing is filled from a source before every stream has begun anew behind the making of that source, see {@link Attempt}; a source that
 * has become another table is a new one, unless it has only got partitions, see {@link NewPartitions}; what reads a source that was split is filled
 * again, unless all streams have been reading since an epoch that saw the former shards; what may have been emptied where no stream shows it is told by
 * {@link ShardFiles}; and what comes from a node that had no shard of a source is not the source's, see {@link #misplaced}. Used by the epoch's thread.
 */
public final class Following implements Premises {
    private static final String REWRITTEN = " was emptied or rewritten where no stream shows it";

    private SourceShards stored = SourceShards.NONE;
    private SourceShards expected = SourceShards.NONE;
    private SourceShards observed = SourceShards.NONE;
    private SourceShards seen = SourceShards.NONE;
    private SourceShards looked = SourceShards.NONE;
    private Predicate<TableName> held = source -> false;
    private final ShardFiles files;
    private final boolean streamed;
    private Set<Node> usable = Set.of();
    private boolean someAreUnread;
    private final NewPartitions newPartitions = new NewPartitions();

    /** @param streamed whether one connection reads a node for as long as it can: where workers are polled, each look is another one */
    public Following(ShardFiles files, boolean streamed) {
        this.files = files;
        this.streamed = streamed;
    }

    /**
     * What cannot be believed any more.
     *
     * @param reasons of the sources whose readers have to be filled again
     * @param replaced those of them that are other tables now, or lie in the cluster in another way
     */
    public record Findings(Map<TableName, String> reasons, Set<TableName> replaced) {
    }

    /**
     * How the streams have been read since the last committed epoch.
     *
     * @param restarted whether a stream has begun since then
     * @param lost nodes whose changes since then are lost
     * @param added nodes that were not read before
     * @param absent nodes that are not read now; when they are, they count as added, or go on where they were
     * @param usable nodes that can be asked
     */
    public record Reading(boolean restarted, Set<Node> lost, Set<Node> added, Set<Node> absent, Set<Node> usable) {

        /** Whether some node ran things of which nothing is known. */
        boolean isPartial() {
            return !(lost.isEmpty() && added.isEmpty() && absent.isEmpty());
        }

        /** Whether each node has been read by one connection. */
        boolean isUnbroken() {
            return !restarted && !isPartial();
        }
    }

    /** The shards of some sources at a moment before the streams begin anew. */
    public record Attempt(Set<TableName> sources, SourceShards shards) {

        /** Whether all of the sources exist. */
        public boolean isComplete() {
            return shards.sources().keySet().equals(sources);
        }
    }

    /**
     * Compares the catalog with what was stored with the last committed epoch.
     *
     * @param connection to the coordinator
     */
    public Findings restore(Connection connection, Reading reading) throws SQLException {
        // An epoch whose COMMIT is in doubt may be about to write the shards, too.
        EpochStore.settledEpoch(connection);
        Set<TableName> captured = FollowStore.captured(connection);
        stored = FollowStore.read(connection);
        Set<TableName> unread = new HashSet<>(stored.sources().keySet());
        unread.removeAll(captured);
        forget(connection, unread);
        SourceShards now = SourceShards.read(connection, captured);
        someAreUnread = !reading.absent().isEmpty();
        usable = reading.usable();
        Set<TableName> rewritten = now
                .andPartitions(files.rewritten(connection, usable, reading.isPartial() ? captured : now.partitioned()));
        Map<TableName, String> reasons = new TreeMap<>();
        Set<TableName> replaced = new HashSet<>();
        Set<TableName> awaited = new HashSet<>();
        for (TableName source : captured) {
            Optional<Shape> before = newPartitions.before(source).or(() -> stored.of(source));
            Optional<Shape> after = now.of(source);
            boolean wasAwaited = newPartitions.await(source);
            if (before.isEmpty()) {
                reasons.put(source, "the streams have not followed " + source + " from its beginning");
            } else if (after.isPresent() && streamed && reading.isUnbroken() && !rewritten.contains(source)
                    && newPartitions.accept(connection, source, before.get(), after.get())) {
                awaited.add(source);
            } else if (wasAwaited || after.isEmpty() || before.get().isReplacedBy(after.get())) {
                reasons.put(source, source + " has been replaced, distributed anew, or has other partitions");
                replaced.add(source);
            } else if (reading.restarted() && before.get().isSplitInto(after.get())) {
                reasons.put(source, "shards of " + source + " were split or replaced while a stream was not read");
            } else if (rewritten.contains(source)) {
                reasons.put(source, source + REWRITTEN);
            } else {
                lost(source, reading, after.get()).ifPresent(reason -> reasons.put(source, reason));
            }
        }
        if (reading.absent().isEmpty()) {
            seen = now;
        }
        newPartitions.retain(awaited);
        for (TableName source : awaited) {
            // Whoever knows nothing of this takes it for another table.
            FollowStore.save(connection, source, newPartitions.before(source).orElseThrow().inTransition());
        }
        Map<TableName, Shape> known = new HashMap<>(stored.sources());
        known.keySet().removeAll(replaced);
        known.keySet().removeAll(awaited);
        known.replaceAll((source, shape) -> now.of(source).orElse(shape));
        expected = new SourceShards(known);
        return new Findings(reasons, replaced);
    }

    private Optional<String> lost(TableName source, Reading reading, Shape now) {
        Shape atLastEpoch = stored.of(source).orElseThrow();
        // A node that has just come has no history to lose before the last look at the cluster without it.
        Shape atLastLook = seen.of(source).orElse(atLastEpoch);
        for (Node node : reading.lost()) {
            if (atLastEpoch.mayHaveBeenOn(node, now)) {
                return Optional.of("the changes of " + source + " on " + node + " have not been read without a gap");
            }
        }
        for (Node node : reading.added()) {
            if (atLastLook.mayHaveBeenOn(node, now)) {
                return Optional.of("shards of " + source + " have moved while " + node + " was not read yet");
            }
        }
        return Optional.empty();
    }

    /** What {@link #restore} has found is marked, durably: it is not found again. */
    public void marked() {
        files.told();
    }

    /** The sources are not followed any more, durably: call it when what reads them is marked to be filled again. */
    public void forget(Connection connection, Set<TableName> sources) throws SQLException {
        FollowStore.delete(connection, sources);
        stored = without(stored, sources);
        expected = without(expected, sources);
    }

    private static SourceShards without(SourceShards all, Set<TableName> sources) {
        Map<TableName, Shape> left = new HashMap<>(all.sources());
        left.keySet().removeAll(sources);
        return new SourceShards(left);
    }

    public boolean follows(TableName source) {
        return expected.of(source).isPresent();
    }

    /**
     * Looks whether the sources are as they were. Cheap enough for once a second.
     *
     * @return whether something must be done
     */
    public boolean look(Connection observer) throws SQLException {
        looked = SourceShards.read(observer, expected.sources().keySet());
        return expected.differenceTo(looked).isPresent() || findRewritten(observer, looked.partitioned()).isPresent();
    }

    /**
     * @param heldBack the sources that epochs do not take whole, because a node with a part is out of use: what is known of their shards stays as it was
     *            at the last epoch that did
     */
    public void heldBack(Predicate<TableName> heldBack) {
        held = heldBack;
    }

    /** All nodes were read, and no other had come, when the last look had been taken. */
    public void noNodeHasCome() {
        seen = looked;
    }

    /** The sources are about to be followed, as they are now. */
    public Attempt attempt(Connection connection, Set<TableName> sources) throws SQLException {
        return new Attempt(sources, SourceShards.read(connection, sources));
    }

    /** Whether the sources among these that have got partitions have no others since the attempt was made. */
    public boolean isCurrent(Attempt attempt) {
        return attempt.sources().stream().filter(newPartitions::await)
                .allMatch(source -> attempt.shards().of(source).equals(newPartitions.shape(source)));
    }

    /** Whether the sources consist of what they consisted of when the attempt was made. */
    public boolean isCurrent(Connection connection, Attempt attempt) throws SQLException {
        return isCurrent(attempt) && attempt.shards().differenceTo(SourceShards.read(connection, attempt.sources())).isEmpty();
    }

    /** The next epoch may be the last before the streams begin anew. */
    public void probe() {
        newPartitions.probe();
    }

    /**
     * Which sources are among these whose readers have to be filled again although only partitions have been added. To be asked when the streams have begun anew
     * behind everything that ran when the attempt was made.
     *
     * @return each with the reason
     */
    public Map<TableName, String> toBeFilled(Attempt attempt) {
        Map<TableName, String> reasons = new TreeMap<>();
        for (TableName source : attempt.sources()) {
            if (newPartitions.await(source) && !newPartitions.mayJoin(source, attempt.shards().of(source))) {
                reasons.put(source, source + " has got partitions that were not empty");
            }
        }
        return reasons;
    }

    /** The streams have begun anew, and what {@link #toBeFilled} is marked. */
    public void follow(Connection connection, Attempt attempt) throws SQLException {
        Map<TableName, Shape> shards = attempt.shards().sources();
        for (Map.Entry<TableName, Shape> source : shards.entrySet()) {
            FollowStore.save(connection, source.getKey(), source.getValue());
        }
        newPartitions.forget(shards.keySet());
        Map<TableName, Shape> more = new HashMap<>(expected.sources());
        more.putAll(shards);
        expected = new SourceShards(more);
    }

    @Override
    public Optional<String> begin(Connection observer) throws SQLException {
        observed = SourceShards.read(observer, expected.sources().keySet());
        SourceShards extended = SourceShards.read(observer, newPartitions.sources());
        Set<TableName> hidden = new HashSet<>(someAreUnread ? expected.sources().keySet() : observed.partitioned());
        hidden.addAll(newPartitions.sources());
        Optional<String> difference = expected.differenceTo(observed).or(() -> newPartitions.differenceTo(extended));
        return difference.isPresent() ? difference : findRewritten(observer, hidden);
    }

    /** One of these that no {@link #restore} has found yet. */
    private Optional<String> findRewritten(Connection observer, Set<TableName> sources) throws SQLException {
        return files.rewritten(observer, usable, sources).stream().findFirst().map(source -> source + REWRITTEN);
    }

    @Override
    public Map<TableName, String> misplaced(Node node, Set<TableName> changed) {
        Map<TableName, String> found = new TreeMap<>();
        for (TableName source : changed) {
            Optional<Shape> before = newPartitions.before(source).or(() -> stored.of(source));
            Optional<Shape> now = observed.of(source).or(() -> newPartitions.shape(source));
            if (before.isPresent() && now.isPresent() && !before.get().mayHaveBeenOn(node, now.get())) {
                found.put(source, "changes shown as those of " + source + " came from " + node
                        + ", where it had no shard: another table was named like one there");
            }
        }
        return found;
    }

    @Override
    public Optional<String> end(Connection observer) throws SQLException {
        SourceShards now = SourceShards.read(observer, expected.sources().keySet());
        return now.equals(observed)
                ? newPartitions.differenceTo(SourceShards.read(observer, newPartitions.sources()))
                : Optional.of("shards of a source have moved or changed during the epoch");
    }

    @Override
    public void save(Connection connection) throws SQLException {
        newPartitions.look(connection);
        for (Map.Entry<TableName, Shape> source : observed.sources().entrySet()) {
            if (!held.test(source.getKey()) && !source.getValue().equals(stored.sources().get(source.getKey()))) {
                FollowStore.save(connection, source.getKey(), source.getValue());
            }
        }
    }

    @Override
    public void committed() {
        Map<TableName, Shape> next = new HashMap<>(observed.sources());
        next.keySet().removeIf(held);
        stored.sources().forEach((source, shape) -> {
            if (held.test(source)) {
                next.put(source, shape);
            }
        });
        stored = new SourceShards(next);
        newPartitions.committed();
    }
}
