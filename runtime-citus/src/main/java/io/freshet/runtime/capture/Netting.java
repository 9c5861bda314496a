package io.freshet.runtime.capture;

import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.RelationColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Nets the rows of transactions by source: equal tuples become one row with the sum of their weights, and none when that is 0. What an epoch
 * has to write then depends on how much has changed, not on how often.
 *
 * <p>Beyond the memory limit the rows so far are set aside as they are, and netting starts anew for the following ones: the sum stays right,
 * only some rows that would cancel out are written.
 */
final class Netting {
    private final Layouts layouts;
    private final ChangeStore store;
    private final long memoryLimit;
    private final Map<TableName, Source> sources = new HashMap<>();
    private final Map<Integer, Target> targets = new HashMap<>();
    private final Set<TableName> truncated = new HashSet<>();
    private final Map<TableName, FreshetException> problems = new HashMap<>();
    /** Bytes of tables, and of tuples that are not in the transactions' memory, since rows were last set aside. */
    private long memory;

    Netting(Layouts layouts, ChangeStore store, long memoryLimit) {
        this.layouts = layouts;
        this.store = store;
        this.memoryLimit = memoryLimit;
    }

    /** The net rows of one source. */
    private static final class Source implements ChangeRows {
        private final SourceLayout layout;
        private Optional<ChangeLog> setAside = Optional.empty();
        private TupleWeights weights = new TupleWeights();

        private Source(SourceLayout layout) {
            this.layout = layout;
        }

        @Override
        public List<String> columns() {
            return layout.columns().stream().map(RelationColumn::name).toList();
        }

        @Override
        public List<Integer> types() {
            return layout.columns().stream().map(RelationColumn::type).toList();
        }

        @Override
        public long size() {
            return weights.rows() + setAside.map(ChangeLog::rows).orElse(0L);
        }

        @Override
        public void forEach(RowVisitor visitor) throws IOException {
            if (setAside.isPresent()) {
                setAside.get()
                        .forEach((layoutNumber, weight, tuple, offset, length) -> visitor.row(weight, tuple, offset, length));
            }
            weights.forEach(visitor);
        }
    }

    /** Where rows of a layout go. */
    private record Target(Source source, Optional<LayoutMapping> mapping) {
    }

    /** What the transactions amount to, and what has to be released when that has been used. */
    record Result(NodeChanges changes, List<ChangeLog> logs) {
    }

    Result net(List<Transaction> transactions) throws IOException {
        for (Transaction transaction : transactions) {
            truncated.addAll(transaction.truncated());
            problems.putAll(transaction.problems());
        }
        truncated.addAll(problems.keySet());
        findTargets(transactions);
        long changes = 0;
        for (Transaction transaction : transactions) {
            changes += transaction.changes();
            transaction.log().forEach(new Adder());
        }
        Map<TableName, ChangeRows> rows = new HashMap<>();
        List<ChangeLog> logs = new ArrayList<>();
        for (Source source : sources.values()) {
            if (source.setAside.isPresent()) {
                source.setAside.get().finish();
                logs.add(source.setAside.get());
            }
            if (source.size() > 0) {
                rows.put(source.layout.table(), source);
            }
        }
        return new Result(new NodeChanges(rows, truncated, problems, Map.of(), transactions.size(), changes), logs);
    }

    /** Rows of all layouts of a source become rows of the latest one; rows of a source that is refreshed in full go nowhere. */
    private void findTargets(List<Transaction> transactions) {
        Map<TableName, Integer> latest = new HashMap<>();
        Set<Integer> used = new HashSet<>();
        for (Transaction transaction : transactions) {
            used.addAll(transaction.layouts());
        }
        for (int layout : used) {
            latest.merge(layouts.get(layout).table(), layout, Math::max);
        }
        giveUpRenamed(used);
        for (int number : used) {
            SourceLayout layout = layouts.get(number);
            int last = latest.get(layout.table());
            if (number != last && LayoutMapping.between(layout, layouts.get(last)).isEmpty()) {
                truncated.add(layout.table());
                problems.putIfAbsent(layout.table(), LayoutMapping.rewritten(layout.table()));
            }
        }
        for (int number : used) {
            SourceLayout layout = layouts.get(number);
            if (!truncated.contains(layout.table())) {
                SourceLayout last = layouts.get(latest.get(layout.table()));
                Source source = sources.computeIfAbsent(layout.table(), t -> new Source(last));
                targets.put(number, new Target(source,
                        layout.equals(last) ? Optional.empty() : LayoutMapping.between(layout, last)));
            }
        }
    }

    /** Where a column may have been renamed from one layout to the next, rows cannot be mapped. */
    private void giveUpRenamed(Set<Integer> used) {
        Map<Integer, SourceLayout> before = new HashMap<>();
        for (int number : new TreeSet<>(used)) {
            SourceLayout layout = layouts.get(number);
            SourceLayout earlier = before.put(layout.relation(), layout);
            if (earlier != null && LayoutMapping.mayBeRenamed(earlier, layout)) {
                truncated.add(layout.table());
            }
        }
    }

    /** Adds rows to their targets. */
    private final class Adder implements ChangeLog.Visitor {
        private int layout = -1;
        private Optional<Target> target = Optional.empty();

        @Override
        public void row(int rowLayout, int weight, byte[] tuple, int offset, int length) throws IOException {
            if (rowLayout != layout) {
                layout = rowLayout;
                target = Optional.ofNullable(targets.get(rowLayout));
            }
            if (target.isEmpty()) {
                return;
            }
            TupleWeights weights = target.get().source().weights;
            boolean isNew;
            if (target.get().mapping().isEmpty()) {
                isNew = weights.add(weight, tuple, offset, length);
            } else {
                byte[] mapped = target.get().mapping().get().map(tuple, offset);
                isNew = weights.add(weight, mapped, 0, mapped.length);
                memory += isNew ? mapped.length : 0;
            }
            if (isNew) {
                memory += TupleWeights.ENTRY_BYTES;
                if (memory > memoryLimit) {
                    setAside();
                }
            }
        }

        @Override
        public void loaded(byte[] bytes) {
            memory += bytes.length;
        }
    }

    private void setAside() throws IOException {
        for (Source source : sources.values()) {
            if (source.setAside.isEmpty()) {
                source.setAside = Optional.of(store.newLog());
            }
            ChangeLog log = source.setAside.get();
            source.weights.forEach((weight, tuple, offset, length) -> log.add(0, weight, tuple, offset, length));
            source.weights = new TupleWeights();
        }
        memory = 0;
    }
}
