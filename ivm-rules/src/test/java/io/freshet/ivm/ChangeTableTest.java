package io.freshet.ivm;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangeTableTest {
    private static final TableName ORDERS = new TableName("public", "orders");

    @Test
    void namesAreUniqueAndShortEnough() {
        String longName = "ü".repeat(31);

        assertThat(ChangeTable.nameFor(ORDERS)).isNotEqualTo(ChangeTable.nameFor(new TableName("sales", "orders")));
        assertThat(ChangeTable.nameFor(ORDERS).name()).startsWith("orders_");
        for (TableName name : List.of(ChangeTable.nameFor(new TableName("public", longName)),
                ManagedNames.stage(new TableName("public", longName)))) {
            assertThat(name.name().getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(63);
        }
    }

    @Test
    void aDistributedSourcesChangesLieBesideIt() {
        List<String> statements = ChangeTable.createStatements(table(new Placement.Distributed("Customer's", 3)));

        assertThat(statements.getFirst()).contains("__pgt_epoch bigint NOT NULL", "__pgt_weight integer NOT NULL",
                "\"Customer's\" integer",
                "twice integer GENERATED ALWAYS AS (total * 2) STORED");
        assertThat(statements.getLast()).startsWith("SELECT create_distributed_table('pgtrickle_changes.orders_").endsWith(
                "', 'Customer''s', colocate_with => 'public.orders')");
        assertThat(statements).anyMatch(s -> s.endsWith("REPLICA IDENTITY FULL"));
    }

    @Test
    void aReferenceTablesChangesStayOnTheCoordinator() {
        assertThat(ChangeTable.createStatements(table(new Placement.Reference()))).noneMatch(s -> s.contains("create_"));
        assertThat(ChangeTable.createStatements(table(new Placement.SingleShard(4))).getLast()).contains(", NULL, colocate_with");
        assertThat(ChangeTable.createStatements(table(new Placement.SchemaShard(4)))).noneMatch(s -> s.contains("colocate_with"));
    }

    private static Table table(Placement placement) {
        return new Table(ORDERS, Table.Kind.TABLE, List.of(Column.notNull("Customer's", "integer"), Column.of("total", "integer"),
                new Column("twice", "integer", false, Optional.of("total * 2"))), List.of(), Table.ReplicaIdentity.FULL,
                placement,
                Optional.empty());
    }
}
