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
 * Citus's decoder leaves its own catalog out.
 */
final class InitiatorRecords {
    private static final Pattern FOUND = Pattern.compile("<found>([^<]*)</found>");

    private InitiatorRecords() {
    }

    /**
     * Which of these records the connection's snapshot sees, and the 32-bit id of the transaction that wrote each.
     *
     * @param connection to the coordinator: the anchored transaction, or a session that sees what is committed now
     * @param row lies on {@code node} if that is a worker
     */
    static Map<Key, Integer> read(Connection connection, Node node, Optional<AnchorRow> row, Collection<Key> keys)
            throws SQLException {
        String query = query(keys);
        if (node.isCoordinator()) {
            return parse(Jdbc.first(connection, query, r -> Optional.ofNullable(r.getString(1))).flatMap(t -> t));
        }
        AnchorRow place = row.orElseThrow(() -> new IllegalStateException("no anchor row lies on " + node));
        String xml = Jdbc.first(connection, place.select("query_to_xml(" + Quoting.literal(query) + ", false, false, '')::text"),
                r -> r.getString(1)).orElseThrow(() -> new SQLException("an anchor row of " + node + " is gone"));
        Matcher found = FOUND.matcher(xml);
        return parse(found.find() ? Optional.of(found.group(1)) : Optional.empty());
    }

    /** One value, as {@code group gid xid,group gid xid}; NULL when nothing is found. */
    private static String query(Collection<Key> keys) {
        List<Key> ordered = List.copyOf(keys);
        return "SELECT string_agg(t.groupid || ' ' || t.gid || ' ' || t.xmin, ',') AS found FROM pg_catalog.pg_dist_transaction t"
                + " JOIN unnest("
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
