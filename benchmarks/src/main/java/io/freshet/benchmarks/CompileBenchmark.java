package io.freshet.benchmarks;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.DeltaProgram;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.compiler.StreamTableCompiler;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.SnapshotCatalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.functions.BundledObjects;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From SQL text to delta programs: parse, validate, plan, differentiate, print. The catalog is in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CompileBenchmark {
    private static final TableName ORDERS = new TableName("public", "orders");
    private static final TableName CUSTOMERS = new TableName("public", "customers");
    private static final TableName REGIONS = new TableName("public", "regions");

    private static final StreamTableDefinition THREE_WAY_JOIN = new StreamTableDefinition(new TableName("public", "sales"),
            """
            SELECT r.name, c.segment, count(*) AS orders, sum(o.amount) AS total, avg(o.amount) AS mean
            FROM orders o
            JOIN customers c ON c.customer_id = o.customer_id
            JOIN regions r ON r.region_id = c.region_id
            WHERE o.status <> 'cancelled'
            GROUP BY r.name, c.segment
            """, RefreshMode.DIFFERENTIAL, Optional.empty());

    private final StreamTableCompiler compiler = StreamTableCompiler.over(new SnapshotCatalog(BundledObjects.postgres17(),
            List.of("public"),
            List.of(table(ORDERS, Column.notNull("order_id", "bigint"), Column.of("customer_id", "integer"),
                    Column.of("status", "text"), Column.of("amount", "numeric(10,2)")),
                    table(CUSTOMERS, Column.notNull("customer_id", "integer"), Column.of("region_id", "integer"),
                            Column.of("segment", "text")),
                    table(REGIONS, Column.notNull("region_id", "integer"), Column.of("name", "text")))));

    /** The first program, when only the largest table has changed. */
    @Benchmark
    public DeltaProgram threeWayJoinOneChanged() {
        return compiler.compile(THREE_WAY_JOIN).program(Set.of(ORDERS));
    }

    /** The longest program: seven terms. */
    @Benchmark
    public DeltaProgram threeWayJoinAllChanged() {
        CompiledStreamTable compiled = compiler.compile(THREE_WAY_JOIN);
        return compiled.program(Set.of(ORDERS, CUSTOMERS, REGIONS));
    }

    private static Table table(TableName name, Column... columns) {
        return new Table(name, Table.Kind.TABLE, List.of(columns), List.of(List.of(columns[0].name())),
                Table.ReplicaIdentity.FULL, new Placement.Local(), Optional.empty());
    }
}
