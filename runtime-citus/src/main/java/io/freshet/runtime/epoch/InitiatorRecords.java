package io.freshet.runtime.epoch;

import io.freshet.planner.print.Quoting;
import io.freshet.runtime.epoch.Question.Key;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the records that Citus keeps of two-phase commits on the nodes that run them, {@code pg_dist_transaction}. No stream has them:
 * Citus's decoder leaves its own catalog out. They are read in the snapshot that the cut has of the node: through the node's anchor row, or by
 * {@link NodesAside}.
 */
final class InitiatorRecords {
    /** A query for all records, in one value as {@code group gid xid,group gid xid}; NULL when there are none. */
    static final String ALL = "SELECT string_agg(t.groupid || ' ' || t.gid || ' ' || t.xmin, ',') AS found"
            + " FROM pg_catalog.pg_dist_transaction t";
    private static final Pattern FOUND = Pattern.compile("<found>([^<]*)</found>");

    private final Connection anchored;
    private final Connection observer;
    private final Anchor anchor;
    private final NodesAside aside;

    /**
     * @param anchored the coordinator's session whose transaction holds the anchor
     * @param observer a session of the coordinator that sees what is committed now
     */
    InitiatorRecords(Connection anchored, Connection observer, Anchor anchor, NodesAside aside) {
        this.anchored = anchored;
        this.observer = observer;
        this.anchor = anchor;
        this.aside = aside;
    }

    /** Which of these records the cut sees, and the 32-bit id of the transaction that wrote each. */
    Map<Key, Integer> seenByCut(Node node, Collection<Key> keys) throws SQLException {
        Map<Key, Integer> found = isReadThroughCoordinator(node)
                ? read(anchored, node, keys)
                : parse(aside.node(node).seen(query(keys)));
        found.keySet().retainAll(keys);
        return found;
    }

    /** The same of what is committed now. Ends what {@link NodesAside} holds of the node. */
    Map<Key, Integer> committedNow(Node node, Collection<Key> keys) throws SQLException {
        if (isReadThroughCoordinator(node)) {
            return read(observer, node, keys);
        }
        return parse(aside.node(node).now(query(keys)));
    }

    private boolean isReadThroughCoordinator(Node node) {
        return node.isCoordinator() || anchor.rows().containsKey(node);
    }

    private Map<Key, Integer> read(Connection connection, Node node, Collection<Key> keys) throws SQLException {
        if (node.isCoordinator()) {
            return readThere(connection, keys);
        }
        String xml = Jdbc
                .first(connection,
                        anchor.rows().get(node)
                                .select("query_to_xml(" + Quoting.literal(query(keys)) + ", false, false, '')::text"),
                        r -> r.getString(1))
                .orElseThrow(() -> new SQLException("an anchor row of " + node + " is gone"));
        Matcher found = FOUND.matcher(xml);
        return parse(found.find() ? Optional.of(found.group(1)) : Optional.empty());
    }

    private static Map<Key, Integer> readThere(Connection connection, Collection<Key> keys) throws SQLException {
        return parse(Jdbc.first(connection, query(keys), r -> Optional.ofNullable(r.getString(1))).flatMap(t -> t));
    }

    /** The same for these records. */
    private static String query(Collection<Key> keys) {
        List<Key> ordered = List.copyOf(keys);
        return ALL + " JOIN unnest("
                + array(ordered.stream().map(k -> Integer.toString(k.groupId())).collect(Collectors.joining(",")))
                + "::int[], " + array(ordered.stream().map(Key::gid).collect(Collectors.joining(",")))
                + "::text[]) AS wanted(group_id, gid) ON t.groupid = wanted.group_id AND t.gid = wanted.gid";
    }

    private static String array(String elements) {
        return Quoting.literal("{" + elements + "}");
    }

    private static Map<Key, Integer> parse(Optional<String> found) {
        Map<Key, Integer> writers = new HashMap<>();
        for (String record : found.map(f -> f.split(",")).orElse(new String[0])) {
            String[] fields = record.split(" ");
            writers.put(new Key(Integer.parseInt(fields[0]), fields[1]), Integer.parseUnsignedInt(fields[2]));
        }
        return writers;
    }
}
