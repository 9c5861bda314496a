package io.freshet.ivm.compiler;

import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.SnapshotCatalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.functions.BundledObjects;
import java.util.List;
import java.util.Optional;

/** A shop's tables, on plain PostgreSQL and on Citus. */
final class Catalogs {
    private static final int SHOP = 7;

    private Catalogs() {
    }

    static Catalog plain() {
        return shop(new Placement.Local(), new Placement.Local(), new Placement.Local());
    }

    /** orders and customers co-located, regions a reference table, events, products and parcels distributed each by itself, logs and notes on one shard. */
    static Catalog citus() {
        return shop(new Placement.Distributed("customer_id", SHOP), new Placement.Distributed("id", SHOP),
                new Placement.Reference());
    }

    private static Catalog shop(Placement orders, Placement customers, Placement regions) {
        boolean citus = orders instanceof Placement.Distributed;
        return new SnapshotCatalog(BundledObjects.postgres17(), List.of("public"), List.of(
                table("orders", orders, List.of(List.of("customer_id", "id")), Column.notNull("id", "integer"),
                        Column.notNull("customer_id", "integer"), Column.of("amount", "numeric(10,2)"),
                        Column.of("price", "numeric"),
                        Column.of("note", "text"), Column.of("placed", "timestamp with time zone")),
                table("customers", customers, List.of(List.of("id")), Column.notNull("id", "integer"),
                        Column.notNull("name", "text"),
                        Column.of("region", "integer")),
                table("regions", regions, List.of(List.of("id")), Column.notNull("id", "integer"), Column.of("name", "text")),
                table("events", citus ? new Placement.Distributed("kind", SHOP + 1) : new Placement.Local(), List.of(),
                        Column.of("kind", "text"), Column.of("value", "integer"), Column.of("doc", "json")),
                table("products", citus ? new Placement.Distributed("id", SHOP + 3) : new Placement.Local(),
                        List.of(List.of("id")),
                        Column.notNull("id", "bigint"), Column.of("title", "text"), Column.of("kind", "text")),
                table("parcels", citus ? new Placement.Distributed("customer_id", SHOP + 4) : new Placement.Local(), List.of(),
                        Column.of("customer_id", "integer"), Column.of("weight", "integer")),
                table("logs", citus ? new Placement.SingleShard(SHOP + 2) : new Placement.Local(), List.of(),
                        Column.of("line", "text")),
                table("keyless", new Placement.Local(), List.of(), Column.of("x", "integer")),
                new Table(new TableName("public", "remote"), Table.Kind.FOREIGN_TABLE, List.of(Column.of("x", "integer")),
                        List.of(),
                        Table.ReplicaIdentity.DEFAULT, new Placement.Local(), Optional.empty()),
                new Table(new TableName("public", "parted"), Table.Kind.PARTITIONED_TABLE, List.of(Column.of("x", "integer")),
                        List.of(),
                        Table.ReplicaIdentity.FULL, new Placement.Local(), Optional.empty())));
    }

    private static Table table(String name, Placement placement, List<List<String>> keys, Column... columns) {
        return new Table(new TableName("public", name), Table.Kind.TABLE, List.of(columns), keys, Table.ReplicaIdentity.FULL,
                placement,
                Optional.empty());
    }
}
