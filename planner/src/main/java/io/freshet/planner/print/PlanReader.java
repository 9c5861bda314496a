package io.freshet.planner.print;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Block.Fetch;
import io.freshet.planner.print.Block.Ties;
import io.freshet.planner.print.Expr.Trait;
import io.freshet.planner.print.FromItem.AliasWish;
import io.freshet.planner.print.FromItem.Source;
import io.freshet.planner.print.Statement.OrderKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Collect;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Spool;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/** Reads a plan from the leaves up, adding each operator to the SELECT of its input while it fits there. */
final class PlanReader {
    /** What may be written again instead of being named by a derived table, in characters. */
    private static final int MAX_REPEATED = 200;

    private final PrintOptions options;
    private final Scalars scalars;
    private final JoinReader joins;
    private final AggregateReader aggregates;
    private final SetReader sets;
    private final TableFunctionReader tableFunctions;

    PlanReader(PrintOptions options) {
        this.options = options;
        this.scalars = new Scalars(options, this);
        this.joins = new JoinReader(this, scalars);
        this.aggregates = new AggregateReader(this, scalars);
        this.sets = new SetReader(this, scalars);
        this.tableFunctions = new TableFunctionReader(this, scalars);
    }

    /** The block of a plan; its fields are the plan's columns. */
    Block block(RelNode rel, Scope scope) {
        Optional<Relation> rendered = options.scans().render(rel);
        Block block = rendered.isPresent() ? leaf(rel, rendered.get()) : operator(rel, scope);
        Optional<String> comment = options.comment(rel);
        return comment.map(text -> block.withComments(List.of(text))).orElse(block);
    }

    private Block operator(RelNode rel, Scope scope) {
        return switch (rel) {
            case TableScan scan -> scan(scan, scope);
            case Values values -> sets.values(values);
            case Project project -> project(project, scope);
            case Filter filter -> filter(filter, Rex.allColumns(filter), scope);
            case Join join -> joins.join(join, scope);
            case Correlate correlate -> joins.correlate(correlate, scope);
            case Aggregate aggregate -> aggregates.aggregate(aggregate, scope);
            case Sort sort -> sort(sort, scope);
            case SetOp operation -> sets.setOperation(operation, scope);
            case RepeatUnion recursion -> sets.recursion(recursion, scope);
            case Spool spool -> block(spool.getInput(), scope);
            case TableFunctionScan function -> tableFunctions.scan(function, scope);
            case Uncollect unnest -> tableFunctions.unnest(unnest, scope);
            case Collect collect -> tableFunctions.collect(collect, scope);
            case Window window -> window(window, scope);
            default -> throw Unprintable.because("the operator " + rel.getRelTypeName());
        };
    }

    private Block leaf(RelNode rel, Relation relation) {
        Source source = switch (relation) {
            case Relation.Named named -> new Source.Named(named);
            case Relation.Query query -> new Source.Written(query);
        };
        String stem = switch (relation) {
            case Relation.Named named -> named.table().name();
            case Relation.Query ignored -> "query";
        };
        Optional<String> alias = relation.alias().or(() -> options.alias(rel));
        return Block.of(new FromItem(source, rel.getRowType().getFieldNames(), new AliasWish(stem, alias)));
    }

    private Block scan(TableScan scan, Scope scope) {
        List<String> name = scan.getTable().getQualifiedName();
        List<String> recursion = scope.recursions().get(name.getLast());
        if (recursion != null) {
            return Block.of(new FromItem(new Source.Recursion(name.getLast()), recursion, AliasWish.from(name.getLast())));
        }
        if (name.size() < 2) {
            throw Unprintable.because("the table " + name.getLast() + ", which has no schema,");
        }
        return leaf(scan, Relation.Named.of(new TableName(name.get(name.size() - 2), name.getLast())));
    }

    /** The block with its fields at hand for expressions that use them as often as {@code expressions} do. */
    Block ready(Block block, RelNode input, List<? extends RexNode> expressions) {
        return isRepeatable(block, expressions) ? block : derived(block, input);
    }

    Block derived(Block block, RelNode rel) {
        return block.derived(rel.getRowType().getFieldNames());
    }

    private static boolean isRepeatable(Block block, List<? extends RexNode> expressions) {
        Map<Integer, Integer> uses = new HashMap<>();
        RexShuttle counter = new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                uses.merge(ref.getIndex(), 1, Integer::sum);
                return ref;
            }
        };
        expressions.forEach(expression -> expression.accept(counter));
        int repeated = 0;
        for (Map.Entry<Integer, Integer> use : uses.entrySet()) {
            Expr field = block.fields().get(use.getKey());
            if (use.getValue() > 1 && !field.isTrivial()) {
                if (field.has(Trait.VOLATILE) || field.has(Trait.QUERY) || field.has(Trait.SET_RETURNING)) {
                    return false;
                }
                repeated += field.weight() * (use.getValue() - 1);
            }
        }
        return repeated <= MAX_REPEATED;
    }

    private Block project(Project project, Scope scope) {
        List<RexNode> expressions = project.getProjects();
        Block input = projected(project.getInput(), Rex.columnsOf(expressions), scope);
        boolean overWindow = input.hasWindows() && Rex.hasWindow(expressions);
        boolean hidesSetReturning = input.isSetReturning() && !Rex.areColumns(expressions);
        if (overWindow || hidesSetReturning || !canBeOuterRow(input, Rex.outerRows(project.getVariablesSet(), expressions))) {
            input = derived(input, project.getInput());
        }
        input = ready(input, project.getInput(), expressions);
        Row row = new Row(input.fields(), scope.with(project.getVariablesSet(), input.fields()));
        return input.withFields(scalars.bare(expressions, row));
    }

    /** A plan of which only some columns are read. */
    private Block projected(RelNode rel, Set<Integer> read, Scope scope) {
        boolean plain = rel instanceof Filter && options.scans().render(rel).isEmpty() && options.comment(rel).isEmpty();
        return plain ? filter((Filter) rel, read, scope) : block(rel, scope);
    }

    private Block filter(Filter filter, Set<Integer> readAbove, Scope scope) {
        Block input = block(filter.getInput(), scope);
        List<RexNode> condition = List.of(filter.getCondition());
        if (input.isOrderedOrCut() || input.hasWindows() || input.isSetReturning()
                || !canBeOuterRow(input, Rex.outerRows(filter.getVariablesSet(), condition))) {
            input = derived(input, filter.getInput());
        }
        input = readyForPredicate(input, filter, readAbove);
        Row row = new Row(input.fields(), scope.with(filter.getVariablesSet(), input.fields()));
        return withCondition(input, conditions(filter.getCondition(), row));
    }

    /** A predicate writes once more what the select list has: not where that is costly. */
    private Block readyForPredicate(Block block, Filter filter, Set<Integer> readAbove) {
        List<RexNode> condition = List.of(filter.getCondition());
        boolean costly = Rex.columnsOf(condition).stream().filter(readAbove::contains).map(block.fields()::get)
                .anyMatch(field -> field.has(Trait.VOLATILE) || field.has(Trait.QUERY));
        return costly ? derived(block, filter.getInput()) : ready(block, filter.getInput(), condition);
    }

    List<Expr> conditions(RexNode condition, Row row) {
        List<RexNode> conjuncts = Rex.conjuncts(condition);
        return scalars.of(conjuncts, row);
    }

    static Block withCondition(Block block, List<Expr> conditions) {
        return block.grouping().isPresent() ? block.withHaving(conditions) : block.withWhere(conditions);
    }

    /** An aggregate or window function inside of an inner query would be evaluated there. */
    boolean canBeOuterRow(Block block, Set<CorrelationId> outerRows) {
        return outerRows.isEmpty() || block.isRowByRow();
    }

    /** Each window function is one more column; the operator's constants are fields behind the input's. */
    private Block window(Window window, Scope scope) {
        Block input = block(window.getInput(), scope);
        if (input.hasWindows() || input.isOrderedOrCut() || input.isSetReturning()) {
            input = derived(input, window.getInput());
        }
        List<Expr> fields = new ArrayList<>(input.fields());
        fields.addAll(scalars.of(window.getConstants(), new Row(List.of(), scope)));
        List<Expr> all = new ArrayList<>(input.fields());
        all.addAll(scalars.windows().of(window, new Row(fields, scope)));
        return input.withFields(all);
    }

    private Block sort(Sort sort, Scope scope) {
        Block input = block(sort.getInput(), scope);
        if (input.isCut() || input.isSetReturning() && !sort.getCollation().getFieldCollations().isEmpty()) {
            input = derived(input, sort.getInput());
        }
        List<OrderKey> keys = new ArrayList<>();
        Set<Expr> seen = new HashSet<>();
        for (RelFieldCollation key : sort.getCollation().getFieldCollations()) {
            Expr field = input.fields().get(key.getFieldIndex());
            if (seen.add(field)) {
                keys.add(new OrderKey(field, Directions.of(key.getDirection(), key.nullDirection)));
            }
        }
        Block ordered = keys.isEmpty() ? input : input.withOrder(keys);
        Optional<Expr> offset = Optional.ofNullable(sort.offset).map(node -> count(node, scope));
        Optional<Fetch> fetch = Optional.ofNullable(sort.fetch).map(node -> new Fetch(count(node, scope), Ties.CUT));
        return offset.isEmpty() && fetch.isEmpty() ? ordered : ordered.withLimit(offset, fetch);
    }

    /** A number of rows. */
    private Expr count(RexNode node, Scope scope) {
        return node instanceof RexLiteral literal && literal.getValue() instanceof BigDecimal number
                ? Expr.atom(number.toPlainString())
                : scalars.of(node, new Row(List.of(), scope));
    }
}
