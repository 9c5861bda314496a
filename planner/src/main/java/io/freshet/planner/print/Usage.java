package io.freshet.planner.print;

import io.freshet.planner.print.Part.Break;
import io.freshet.planner.print.Part.Column;
import io.freshet.planner.print.Part.Nested;
import io.freshet.planner.print.Part.Query;
import io.freshet.planner.print.Part.Word;
import io.freshet.planner.print.Statement.NumberKey;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which columns of each FROM item somebody reads; the others need not be printed. Works from the outside in: a derived table is looked
 * into only when all that can read it has been seen, which is its own SELECT and the items behind it (LATERAL).
 */
final class Usage {
    private final Map<FromItem, BitSet> used = new IdentityHashMap<>();

    private Usage() {
    }

    /** Of a statement whose columns are all wanted. */
    static Usage of(Statement root) {
        Usage usage = new Usage();
        usage.visit(root, all(width(root)));
        return usage;
    }

    /** The columns of a derived table that must be printed; at least one, as people don't write a SELECT of nothing. */
    BitSet of(FromItem item) {
        BitSet columns = (BitSet) used.computeIfAbsent(item, i -> new BitSet()).clone();
        if (columns.isEmpty() && !item.columns().isEmpty()) {
            columns.set(0);
        }
        return columns;
    }

    /** What of a set operation's branches must be printed when {@code wanted} is read of it. */
    static BitSet ofBranches(Statement.SetOperation operation, BitSet wanted) {
        if (!operation.operator().keepsEveryRow()) {
            return all(width(operation));
        }
        BitSet columns = (BitSet) wanted.clone();
        operation.tail().order().stream().map(NumberKey::ordinal).forEach(columns::set);
        return columns;
    }

    static int width(Statement statement) {
        return switch (statement) {
            case Statement.Select select -> select.block().fields().size();
            case Statement.SetOperation operation -> width(operation.branches().getFirst());
            case Statement.ValuesList values -> values.rows().getFirst().size();
            case Statement.Recursive recursive -> recursive.self().columns().size();
        };
    }

    static BitSet all(int width) {
        BitSet all = new BitSet();
        all.set(0, width);
        return all;
    }

    private void visit(Statement statement, BitSet wanted) {
        switch (statement) {
            case Statement.Select select -> visit(select.block(), wanted);
            case Statement.SetOperation operation -> {
                BitSet columns = ofBranches(operation, wanted);
                operation.branches().forEach(branch -> visit(branch, columns));
            }
            case Statement.ValuesList values -> values.rows().forEach(row -> row.forEach(this::mark));
            case Statement.Recursive recursive -> {
                visit(recursive.seed(), all(width(recursive)));
                visit(recursive.iteration(), all(width(recursive)));
            }
        }
    }

    private void visit(Block block, BitSet wanted) {
        Stream.concat(wanted.stream().mapToObj(block.fields()::get), block.clauses()).forEach(this::mark);
        for (FromItem item : block.items().reversed()) {
            switch (item.source()) {
                case FromItem.Source.Derived derived -> visit(derived.statement(), of(item));
                case FromItem.Source.Function function -> mark(function.call());
                case FromItem.Source.Named ignored -> {
                }
                case FromItem.Source.Written ignored -> {
                }
                case FromItem.Source.Recursion ignored -> {
                }
            }
        }
    }

    private void mark(Expr expr) {
        mark(expr.parts());
    }

    private void mark(List<Part> parts) {
        for (Part part : parts) {
            switch (part) {
                case Column column -> used.computeIfAbsent(column.item(), i -> new BitSet()).set(column.ordinal());
                case Nested nested -> mark(nested.expr());
                case Query query -> visit(query.statement(), all(width(query.statement())));
                case Word ignored -> {
                }
                case Break ignored -> {
                }
            }
        }
    }
}
