package io.freshet.planner.print;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexWindowBounds;
import org.apache.calcite.rex.RexWindowExclusion;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.Holder;
import org.apache.calcite.util.ImmutableBitSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The layout, as texts to read in {@code src/test/resources/print}; a server says that each is valid. */
class SqlPrinterTest {
    private static Connection connection;

    private final RelBuilder b = Plans.builder();

    @BeforeAll
    static void createTables() throws SQLException {
        connection = TestPostgres.connectToNew("print_test");
        try (Statement statement = connection.createStatement()) {
            statement.execute(Plans.SCHEMA);
        }
    }

    @AfterAll
    static void disconnect() throws SQLException {
        connection.close();
    }

    @Test
    void oneTable() throws SQLException {
        check("one-table", b.scan("orders").filter(b.call(SqlStdOperatorTable.GREATER_THAN, b.field("amount"), b.literal(5)))
                .project(b.field("id"), b.alias(b.field("status"), "state")).build());
    }

    @Test
    void joinsAreFlat() throws SQLException {
        check("joins-are-flat", threeWayJoin().filter(b.equals(b.field(9), b.literal("north")))
                .project(b.field(0), b.alias(b.call(SqlStdOperatorTable.MULTIPLY, b.field(2), b.literal(2)), "double_amount"),
                        b.field(6))
                .build());
    }

    @Test
    void groupByStandsInTheSameBlock() throws SQLException {
        RelBuilder joined = threeWayJoin();
        joined.aggregate(joined.groupKey(joined.field(9)), joined.count(false, "orders"),
                joined.sum(false, "total", joined.field(2)),
                joined.count(false, "rows"));
        joined.filter(joined.call(SqlStdOperatorTable.GREATER_THAN, joined.field("rows"), joined.literal(1)));
        joined.project(joined.alias(joined.field(0), "region"), joined.field("orders"), joined.field("total"));
        check("group-by", joined.build());
    }

    @Test
    void distinct() throws SQLException {
        check("distinct", b.scan("orders").project(b.field("status"), b.field("customer_id")).distinct().build());
    }

    @Test
    void unionAllOfJoins() throws SQLException {
        for (int i = 0; i < 3; i++) {
            b.scan("orders").scan("customers")
                    .join(JoinRelType.INNER, b.equals(b.field(2, 0, "customer_id"), b.field(2, 1, "id")))
                    .project(b.field("name"), b.alias(b.literal("branch " + i), "branch"), b.field("amount"));
        }
        check("union-all", b.union(true, 3).build());
    }

    @Test
    void aggregateOverUnionReadsOnlyWhatItNeeds() throws SQLException {
        b.scan("orders").scan("orders").union(true, 2);
        check("aggregate-over-union", b.aggregate(b.groupKey("status"), b.sum(false, "total", b.field("amount"))).build());
    }

    @Test
    void outerJoinWithConditionsOnBothSides() throws SQLException {
        b.scan("orders").filter(b.isNotNull(b.field("amount")));
        b.scan("customers").filter(b.isNotNull(b.field("name")));
        b.join(JoinRelType.LEFT, b.equals(b.field(2, 0, "customer_id"), b.field(2, 1, "id")));
        check("left-join", b.project(b.field(0), b.field("name")).build());
    }

    @Test
    void expressionOnTheNullableSideIsComputedBefore() throws SQLException {
        b.scan("orders").scan("customers").project(b.field("id"), b.alias(b.literal(1), "one"));
        b.join(JoinRelType.LEFT, b.equals(b.field(2, 0, "customer_id"), b.field(2, 1, "id")));
        check("left-join-of-expression", b.project(b.field(0), b.field("one")).build());
    }

    @Test
    void semiAndAntiJoin() throws SQLException {
        RexNode cond = null;
        b.scan("customers").scan("orders");
        cond = b.equals(b.field(2, 0, "id"), b.field(2, 1, "customer_id"));
        b.semiJoin(cond).scan("regions");
        b.antiJoin(b.equals(b.field(2, 0, "region_id"), b.field(2, 1, "id")));
        check("semi-anti-join", b.build());
    }

    @Test
    void joinWithAggregate() throws SQLException {
        b.scan("customers").scan("orders");
        b.aggregate(b.groupKey("customer_id"), b.sum(false, "total", b.field("amount")), b.max("largest", b.field("amount")));
        b.join(JoinRelType.INNER, b.equals(b.field(2, 0, "id"), b.field(2, 1, "customer_id")));
        check("join-with-aggregate", b.project(b.field("name"), b.field("total")).build());
    }

    @Test
    void substitutedScans() throws SQLException {
        RelNode plan = threeWayJoin().project(b.field(0), b.field(6)).build();
        SqlPrinter printer = SqlPrinter.with(leaf -> leaf instanceof TableScan scan ? substitute(scan) : Optional.empty())
                .withComments(rel -> rel == plan ? Optional.of("changes of orders\nwith their customers") : Optional.empty());
        check("substituted-scans", printer.print(plan));
    }

    @Test
    void commentsAndAliasesOfTheCaller() throws SQLException {
        RelNode first = b.scan("orders").project(b.field("id")).build();
        RelNode second = b.scan("orders").scan("customers")
                .join(JoinRelType.INNER, b.equals(b.field(2, 0, "id"), b.field(2, 1, "id")))
                .project(b.field("id")).build();
        RelNode union = b.push(first).push(second).union(true).build();
        SqlPrinter printer = SqlPrinter.plain()
                .withComments(rel -> Optional
                        .ofNullable(rel == first ? "all orders" : rel == second ? "once more" : rel == union ? "two" : null))
                .withAliases(rel -> rel instanceof TableScan ? Optional.of("src") : Optional.empty());
        check("comments-and-aliases", printer.print(union, List.of("the id")));
    }

    @Test
    void longCallsAreBroken() throws SQLException {
        b.scan("orders");
        RexNode call = b.call(SqlStdOperatorTable.COALESCE, b.field("note"), b.literal("x".repeat(50)),
                b.literal("y".repeat(50)));
        check("long-call", b.project(b.alias(call, "c")).build());
    }

    private static Optional<Relation> substitute(TableScan scan) {
        return switch (scan.getTable().getQualifiedName().getLast()) {
            case "orders" ->
                Optional.of(Relation.Query.of("SELECT *\nFROM orders\nWHERE id > 5").as("delta").withComment("the new rows"));
            case "customers" -> Optional.of(Relation.Named.of(new TableName("public", "customers")).as("live"));
            default -> Optional.empty();
        };
    }

    @Test
    void oddNames() throws SQLException {
        check("odd-names", b.scan(Plans.ODD_TABLE).filter(b.equals(b.field("select"), b.literal("it's\na \\ \"test\"")))
                .project(b.field("Id"), b.field("select"), b.alias(b.field("a \"b"), "order")).build());
    }

    @Test
    void longListsAndConditionsAreBroken() throws SQLException {
        RexNode longCase = b.scan("orders").call(SqlStdOperatorTable.CASE,
                b.equals(b.field("status"), b.literal("a rather long status")),
                b.literal("one rather long text"), b.equals(b.field("status"), b.literal("another one")), b.literal("two"),
                b.field("note"));
        b.filter(
                b.or(b.equals(b.field("status"), b.literal("a rather long status")),
                        b.and(b.isNull(b.field("note")), b.isNull(b.field("amount")))),
                b.equals(b.field("note"), b.literal("something that makes it longer")));
        check("long-lines", b.project(b.field("id"), b.field("customer_id"), b.alias(longCase, "kind")).build());
    }

    @Test
    void orderAndLimit() throws SQLException {
        b.scan("orders").project(b.field("id"), b.alias(b.field("note"), "status"), b.field("status"));
        check("order-limit", b.sortLimit(5, 10, b.desc(b.field("status")), b.nullsFirst(b.field(2)), b.field(0)).build());
    }

    @Test
    void valuesAndNulls() throws SQLException {
        b.values(new String[]{"a", "b"}, 1, "x", null, "y");
        check("values", b.filter(b.isNotNull(b.field("a"))).build());
    }

    @Test
    void bushyInnerJoinsAreFlat() throws SQLException {
        b.scan("orders").scan("customers").scan("regions");
        b.join(JoinRelType.INNER, b.equals(b.field(2, 0, "region_id"), b.field(2, 1, "id")));
        b.join(JoinRelType.INNER, b.equals(b.field(2, 0, "customer_id"), b.field(2, 1, "id")));
        check("bushy-join", b.project(b.field(0), b.field(6)).build());
    }

    @Test
    void outerJoinOfAJoin() throws SQLException {
        b.scan("orders").scan("customers").scan("regions");
        b.join(JoinRelType.INNER, b.equals(b.field(2, 0, "region_id"), b.field(2, 1, "id")));
        b.join(JoinRelType.LEFT, b.equals(b.field(2, 0, "customer_id"), b.field(2, 1, "id")));
        check("left-join-of-join", b.project(b.field(0), b.field(6)).build());
    }

    @Test
    void fullJoinKeepsItsSidesConditions() throws SQLException {
        b.scan("orders").filter(b.isNotNull(b.field("amount"))).scan("customers");
        b.join(JoinRelType.FULL, b.equals(b.field(2, 0, "customer_id"), b.field(2, 1, "id")));
        check("full-join", b.project(b.field(0), b.field("name")).build());
    }

    @Test
    void selfJoinAndCrossJoin() throws SQLException {
        b.scan("orders").scan("orders").join(JoinRelType.INNER, b.equals(b.field(2, 0, "id"), b.field(2, 1, "customer_id")));
        b.scan("order_lines").join(JoinRelType.INNER, b.literal(true)).scan("orders").join(JoinRelType.INNER, b.literal(true));
        check("self-join", b.project(b.field(0), b.field(5)).build());
    }

    @Test
    void correlatedExistsQuery() throws SQLException {
        b.scan("customers");
        Holder<RexCorrelVariable> outer = Holder.empty();
        b.variable(outer::set);
        RelNode orders = b.scan("orders").filter(b.equals(b.field("customer_id"), b.field(outer.get(), "id"))).build();
        check("exists", b.filter(List.of(outer.get().id), b.or(b.exists(o -> orders), b.isNull(b.field("region_id")))).build());
    }

    @Test
    void subqueriesAsValues() throws SQLException {
        b.scan("orders");
        RexNode largest = b.scalarQuery(o -> o.scan("orders").aggregate(o.groupKey(), o.max("m", o.field("amount"))).build());
        RexNode in = b.in(b.field("customer_id"), o -> o.scan("customers").project(o.field("id")).build());
        RelNode lines = b.scan("order_lines").filter(b.isNotNull(b.field("price"))).project(b.field("order_id"), b.field("qty"))
                .build();
        RexNode notIn = b.not(b.in(lines, List.of(b.field("id"), b.field("customer_id"))));
        check("subqueries",
                b.filter(in, notIn)
                        .project(b.field("id"), b.alias(b.call(SqlStdOperatorTable.MINUS, b.field("amount"), largest), "less"))
                        .build());
    }

    @Test
    void correlateIsLateral() throws SQLException {
        b.scan("customers");
        Holder<RexCorrelVariable> outer = Holder.empty();
        b.variable(outer::set);
        b.scan("orders").filter(b.equals(b.field("customer_id"), b.field(outer.get(), "id")));
        b.sortLimit(0, 2, b.desc(b.field("amount"))).project(b.field("id"), b.field("amount"));
        b.correlate(JoinRelType.LEFT, outer.get().id, b.field(2, 0, "id"));
        check("lateral", b.project(b.field("name"), b.field("amount")).build());
    }

    @Test
    void recursion() throws SQLException {
        b.values(new String[]{"n"}, 1).transientScan("t");
        b.filter(b.call(SqlStdOperatorTable.LESS_THAN, b.field("n"), b.literal(5)));
        b.project(b.call(SqlStdOperatorTable.PLUS, b.field("n"), b.literal(1))).repeatUnion("t", true);
        check("recursion", b.filter(b.call(SqlStdOperatorTable.GREATER_THAN, b.field("n"), b.literal(2))).build());
    }

    @Test
    void setOperationsInOrder() throws SQLException {
        b.scan("orders").project(b.field("id")).scan("customers").project(b.field("id")).union(false, 2);
        b.scan("regions").project(b.field("id")).minus(true, 2).scan("orders").project(b.field("id")).intersect(false, 2);
        check("set-operations", b.sortLimit(1, 3, b.desc(b.field(0))).build());
    }

    @Test
    void windowFunctions() throws SQLException {
        b.scan("orders");
        RexNode number = b.aggregateCall(SqlStdOperatorTable.ROW_NUMBER).over().partitionBy(b.field("customer_id"))
                .orderBy(b.desc(b.field("amount")), b.field("id")).toRex();
        RexNode sum = b.sum(b.field("amount")).over().orderBy(b.field("id")).rowsBetween(RexWindowBounds.preceding(b.literal(2)),
                RexWindowBounds.CURRENT_ROW).exclude(RexWindowExclusion.EXCLUDE_TIES).toRex();
        RexNode total = b.sum(b.field("amount")).over().rangeUnbounded().toRex();
        b.project(b.field("id"), b.alias(number, "n"), b.alias(sum, "s"), b.alias(total, "t"));
        check("windows", b.filter(b.equals(b.field("n"), b.literal(1))).build());
    }

    @Test
    void groupingSets() throws SQLException {
        b.scan("orders").aggregate(
                b.groupKey(ImmutableBitSet.of(1, 3),
                        List.of(ImmutableBitSet.of(1), ImmutableBitSet.of(1, 3), ImmutableBitSet.of())),
                b.count().filter(b.isNotNull(b.field("note"))).as("c"), b.count(true, "d", b.field("status")));
        check("grouping-sets", b.build());
    }

    @Test
    void constantKeysAndRepeatedExpressions() throws SQLException {
        b.scan("orders").project(b.alias(b.literal(1), "one"), b.alias(b.literal("x"), "x"),
                b.alias(b.call(SqlStdOperatorTable.PLUS, b.field("id"), b.literal(1)), "next"));
        b.aggregate(b.groupKey("one", "x", "next"), b.count(false, "c"));
        check("constant-keys", b.sort(b.field("next"), b.field("one")).build());
    }

    @Test
    void markJoin() throws SQLException {
        RelNode left = b.scan("customers").build();
        RelNode right = b.scan("orders").build();
        RexNode condition = b.equals(b.getRexBuilder().makeInputRef(left, 2), b.getRexBuilder().makeInputRef(right.getRowType()
                .getFieldList().get(1).getType(), 4));
        b.push(LogicalJoin.create(left, right, List.of(), condition, Set.of(), JoinRelType.LEFT_MARK));
        check("mark-join", b.filter(b.or(b.not(b.field(3)), b.isNull(b.field("name")))).project(b.field("id")).build());
    }

    @Test
    void aggregatesOverAggregatesNeedATable() throws SQLException {
        b.scan("orders").aggregate(b.groupKey("customer_id"), b.count(false, "c"));
        check("aggregate-of-aggregate", b.aggregate(b.groupKey("c"), b.count(false, "n")).sortLimit(-1, 3, b.field("n")).build());
    }

    @Test
    void emptyRelation() throws SQLException {
        check("empty", b.scan("customers").empty().build());
    }

    @Test
    void distinctUnionBelowAJoinAndSemiJoinOfIt() throws SQLException {
        b.scan("orders").project(b.field("customer_id")).scan("customers").project(b.field("id")).union(false, 2);
        b.scan("regions").semiJoin(b.equals(b.field(2, 0, 0), b.field(2, 1, "id")));
        check("semi-join-of-union", b.build());
    }

    @Test
    void longNamesAreCut() throws SQLException {
        String name = "é".repeat(40);
        b.scan("orders").aggregate(b.groupKey(), b.max(name, b.field("id")), b.min(name + "2", b.field("id")));
        check("long-names", b.filter(b.isNotNull(b.field(0)))
                .project(b.call(SqlStdOperatorTable.PLUS, b.field(0), b.field(0)), b.field(1)).build());
    }

    private RelBuilder threeWayJoin() {
        b.scan("orders").scan("customers").join(JoinRelType.INNER, b.equals(b.field(2, 0, "customer_id"), b.field(2, 1, "id")));
        return b.scan("regions").join(JoinRelType.INNER, b.equals(b.field(2, 0, "region_id"), b.field(2, 1, "id")));
    }

    private static void check(String name, RelNode plan) throws SQLException {
        check(name, SqlPrinter.plain().print(plan));
    }

    private static void check(String name, String sql) throws SQLException {
        GoldenFile.assertSame(name, sql);
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(sql, e);
        }
    }

}
