package io.freshet.planner.print;

import io.freshet.planner.print.Block.Grouping;
import io.freshet.planner.print.Expr.Trait;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.apache.calcite.util.Optionality;

/** Reads GROUP BY and aggregates. */
final class AggregateReader {
    private final PlanReader plans;
    private final Scalars scalars;

    AggregateReader(PlanReader plans, Scalars scalars) {
        this.plans = plans;
        this.scalars = scalars;
    }

    Block aggregate(Aggregate aggregate, Scope scope) {
        Block input = plans.block(aggregate.getInput(), scope);
        if (isSingleValue(aggregate)) {
            return singleRow(aggregate, input);
        }
        if (!input.isRowByRow()) {
            input = plans.derived(input, aggregate.getInput());
        }
        if (mustReadColumns(aggregate, input)) {
            input = input.strictlyDerived(aggregate.getInput().getRowType().getFieldNames());
        }
        return grouped(aggregate, input, scope);
    }

    private Block grouped(Aggregate aggregate, Block input, Scope scope) {
        List<Expr> keys = new ArrayList<>();
        for (int column : aggregate.getGroupSet()) {
            Expr key = input.fields().get(column);
            keys.add(key.has(Trait.CONSTANT) ? scalars.literals().cast(key, field(aggregate, keys.size())) : key);
        }
        List<Expr> fields = new ArrayList<>(keys);
        Row row = new Row(input.fields(), scope);
        for (AggregateCall call : aggregate.getAggCallList()) {
            fields.add(call(call, row));
        }
        List<BitSet> sets = aggregate.getGroupSets().stream().map(set -> positions(aggregate.getGroupSet(), set)).toList();
        return input.withGrouping(new Grouping(keys, sets), fields);
    }

    private static RelDataType field(Aggregate aggregate, int index) {
        return aggregate.getRowType().getFieldList().get(index).getType();
    }

    private static BitSet positions(ImmutableBitSet all, ImmutableBitSet some) {
        BitSet positions = new BitSet();
        some.forEachInt(column -> positions.set(all.indexOf(column)));
        return positions;
    }

    /**
     * Where a key must be a column of its own: with several grouping sets PostgreSQL does not set a constant or a repeated key to NULL.
     * Where an argument must be: an aggregate over nothing but columns of an outer query belongs to that query.
     */
    private static boolean mustReadColumns(Aggregate aggregate, Block input) {
        List<Expr> keys = aggregate.getGroupSet().asList().stream().map(input.fields()::get).toList();
        boolean severalSets = aggregate.getGroupType() != Aggregate.Group.SIMPLE;
        if (severalSets && (!keys.stream().allMatch(Expr::isColumn) || new HashSet<>(keys).size() < keys.size())) {
            return true;
        }
        if (keys.stream().anyMatch(key -> key.has(Trait.VOLATILE) || key.has(Trait.QUERY))) {
            return true;
        }
        Set<FromItem> own = new HashSet<>(input.items());
        return aggregate.getAggCallList().stream().flatMap(call -> call.getArgList().stream()).map(input.fields()::get)
                .anyMatch(argument -> readsOnlyOuterRows(argument, own));
    }

    private static boolean readsOnlyOuterRows(Expr argument, Set<FromItem> own) {
        Set<FromItem> read = new HashSet<>();
        argument.forEachColumn(column -> read.add(column.item()));
        return !read.isEmpty() && read.stream().noneMatch(own::contains);
    }

    private Expr call(AggregateCall call, Row row) {
        SqlKind kind = call.getAggregation().getKind();
        if (kind == SqlKind.LITERAL_AGG) {
            return scalars.of(call.rexList.getFirst(), row);
        }
        List<Expr> arguments = AggregateCalls.arguments(call.getAggregation(),
                call.getArgList().stream().map(row.fields()::get).toList());
        if (kind == SqlKind.SINGLE_VALUE) {
            return singleValue(call, arguments.getFirst());
        }
        if (kind == SqlKind.SUM0) {
            return Scalars.function("coalesce", List.of(text("sum", call, arguments, row), Expr.atom("0")));
        }
        String name = kind == SqlKind.GROUPING ? "GROUPING" : AggregateCalls.of(call.getAggregation());
        return text(name, call, arguments, row);
    }

    private static Expr text(String name, AggregateCall call, List<Expr> arguments, Row row) {
        Expr.Builder builder = new Expr.Builder().text(name + "(").text(call.isDistinct() ? "DISTINCT " : "");
        if (arguments.isEmpty() && call.getAggregation().getKind() == SqlKind.COUNT) {
            builder.text("*");
        }
        builder.list(arguments);
        List<Expr> order = call.getCollation().getFieldCollations().stream()
                .map(key -> new Expr.Builder().add(row.fields().get(key.getFieldIndex()).typed())
                        .text(Directions.of(key.getDirection(), key.nullDirection).sql()).build(Precedence.ATOM))
                .toList();
        if (order.isEmpty()) {
            builder.text(")");
        } else if (call.getAggregation().requiresGroupOrder() == Optionality.MANDATORY) {
            builder.text(") WITHIN GROUP (ORDER BY ").list(order).text(")");
        } else {
            builder.text(" ORDER BY ").list(order).text(")");
        }
        if (call.hasFilter()) {
            builder.text(" FILTER (WHERE ").add(row.fields().get(call.filterArg).asCondition()).text(")");
        }
        return builder.trait(Trait.AGGREGATE).build(Precedence.ATOM);
    }

    /** PostgreSQL's error for a second row comes from a scalar subquery, which here reads the rows of the group. */
    private static Expr singleValue(AggregateCall call, Expr value) {
        if (call.getType().getComponentType() != null) {
            throw Unprintable.because("a scalar subquery that gives an array for each of several rows");
        }
        return new Expr.Builder().text("(SELECT v FROM unnest(array_agg(").add(value).text(")) AS u(v))").trait(Trait.AGGREGATE)
                .build(Precedence.ATOM);
    }

    private static boolean isSingleValue(Aggregate aggregate) {
        return aggregate.getGroupSet().isEmpty() && !aggregate.getAggCallList().isEmpty()
                && aggregate.getAggCallList().stream().allMatch(call -> call.getAggregation().getKind() == SqlKind.SINGLE_VALUE);
    }

    /** A scalar subquery is what raises PostgreSQL's error when there is more than one row. */
    private static Block singleRow(Aggregate aggregate, Block input) {
        List<Expr> fields = IntStream.range(0, aggregate.getAggCallList().size()).mapToObj(i -> {
            int argument = aggregate.getAggCallList().get(i).getArgList().getFirst();
            Statement query = input.withFields(List.of(input.fields().get(argument))).toStatement();
            return new Expr.Builder().query(query).build(Precedence.ATOM);
        }).toList();
        return Block.values(fields);
    }

}
