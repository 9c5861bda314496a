package io.freshet.runtime.lifecycle;

import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Strategy;
import io.freshet.runtime.store.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Citus would do to run a step, by its own EXPLAIN, and whether that is what the step says of itself. */
public final class ClusterPlan {
    /** A scan and what it reads, with its schema. A bitmap index scan names an index; the heap scan above it names the table. */
    private static final Pattern SCAN = Pattern
            .compile("(?!Bitmap Index)(?:\\w+ )+Scan(?: Backward)?(?: using \\S+)? on (\\S+)");

    private static final String MOVED = "pg_catalog.read_intermediate_result";

    /** Change tables, staging tables, and rows that a part of the plan has sent. */
    private static final List<String> CHANGES = List.of(ManagedNames.CHANGES_SCHEMA + '.', ManagedNames.STATE_SCHEMA + '.',
            MOVED);

    private final List<String> lines;

    private ClusterPlan(List<String> lines) {
        this.lines = List.copyOf(lines);
    }

    /** Asks the server. */
    public static ClusterPlan of(Connection connection, String sql) throws SQLException {
        return new ClusterPlan(Jdbc.list(connection, "EXPLAIN (VERBOSE, COSTS OFF) " + sql, row -> row.getString(1)));
    }

    /** @param lines of EXPLAIN (VERBOSE, COSTS OFF) */
    static ClusterPlan of(List<String> lines) {
        return new ClusterPlan(lines);
    }

    /** How the plan differs from the strategy, in a few words; empty when it does not. */
    public Optional<String> contradicts(Strategy strategy) {
        return switch (strategy) {
            case COLOCATED -> when(!isFirst("Custom Scan (Citus Adaptive)"), "it is not pushed down")
                    .or(() -> when(has("Distributed Subplan"), "a part of it is evaluated first"))
                    .or(() -> when(has("INSERT/SELECT method"), "its rows are moved"))
                    .or(() -> when(readsMovedRows(), "it reads what was moved"))
                    .or(this::repartitions);
            case SHUFFLE -> when(!isFirst("Custom Scan (Citus "), "it does not go to shards")
                    .or(() -> when(joinsMovedRows(), "its rows are sent to where tables lie"))
                    .or(this::movesMoreThanChanges);
            case BROADCAST -> when(!has("Distributed Subplan") && !readsMovedRows(), "nothing goes to every node")
                    .or(this::movesMoreThanChanges);
            case TWO_PHASE -> repartitions().or(() -> when(tasks().stream().anyMatch(t -> t.readsNoChange() && !t.isAggregate()),
                    "rows come to the coordinator that no change has met"));
            case COORDINATOR -> repartitions();
            case REPARTITION -> Optional.empty();
        };
    }

    /** The plan's text. */
    @Override
    public String toString() {
        return String.join("\n", lines);
    }

    private Optional<String> repartitions() {
        return when(has("MapMergeJob"), "whole tables are repartitioned");
    }

    /** What a task on a shard sends away has met a change, unless it reads only tables of the user's. */
    private Optional<String> movesMoreThanChanges() {
        return repartitions()
                .or(() -> when(tasks().stream().anyMatch(Task::readsNoChange), "rows are moved that no change has met"));
    }

    private static Optional<String> when(boolean contradicts, String what) {
        return contradicts ? Optional.of(what) : Optional.empty();
    }

    private boolean isFirst(String operator) {
        return lines.getFirst().startsWith(operator);
    }

    private boolean has(String label) {
        return lines.stream().map(ClusterPlan::withoutArrow).anyMatch(line -> line.startsWith(label));
    }

    private boolean readsMovedRows() {
        return tasks().stream().flatMap(task -> task.relations().stream()).anyMatch(ClusterPlan::isMoved);
    }

    /** Moved rows may be collected (the union of several changes is), but meet no table: for that they go to every node. */
    private boolean joinsMovedRows() {
        return tasks().stream().map(Task::relations).anyMatch(relations -> relations.stream().anyMatch(ClusterPlan::isMoved)
                && !relations.stream().allMatch(relation -> isMoved(relation) || isChangeTable(relation)));
    }

    private static boolean isMoved(String relation) {
        return relation.startsWith(MOVED);
    }

    private static boolean isChangeTable(String relation) {
        return relation.startsWith(ManagedNames.CHANGES_SCHEMA + '.');
    }

    /**
     * What a node does on one shard.
     *
     * @param operator what yields the rows that it sends
     * @param relations what it reads
     */
    private record Task(String operator, List<String> relations) {
        /** One row or a row a group, whatever it reads. */
        boolean isAggregate() {
            return operator.endsWith("Aggregate");
        }

        boolean readsNoChange() {
            return !relations.isEmpty() && relations.stream().noneMatch(r -> CHANGES.stream().anyMatch(r::startsWith));
        }
    }

    private List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        int depth = Integer.MAX_VALUE;
        for (String line : lines) {
            int indent = line.length() - line.stripLeading().length();
            String text = withoutArrow(line);
            if (indent <= depth) {
                depth = Integer.MAX_VALUE;
            }
            if (text.equals("Task")) {
                tasks.add(new Task("", new ArrayList<>()));
                depth = indent;
            } else if (depth < indent) {
                Task task = tasks.getLast();
                if (task.operator().isEmpty() && line.strip().startsWith("->")) {
                    tasks.set(tasks.size() - 1, new Task(text, task.relations()));
                }
                Matcher scan = SCAN.matcher(text);
                if (scan.lookingAt()) {
                    task.relations().add(scan.group(1));
                }
            }
        }
        return tasks;
    }

    private static String withoutArrow(String line) {
        String text = line.strip();
        return text.startsWith("->") ? text.substring(2).strip() : text;
    }
}
