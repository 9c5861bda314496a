package io.freshet.planner.print;

import java.util.List;
import java.util.Map;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelOptSchema;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.prepare.RelOptTableImpl;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.tools.RelBuilder;
import org.jspecify.annotations.Nullable;

/** Builds plans over a few tables; {@link #SCHEMA} makes the same tables on a server. */
final class Plans {
    static final String SCHEMA = """
                                 CREATE TABLE orders (id int PRIMARY KEY, customer_id int, amount numeric, status text, note text);
                                 CREATE TABLE order_lines (order_id int, qty int, price numeric);
                                 CREATE TABLE customers (id int PRIMARY KEY, name text, region_id int);
                                 CREATE TABLE regions (id int PRIMARY KEY, name text);
                                 CREATE SCHEMA "Odd Schema";
                                 CREATE TABLE "Odd Schema"."Mixed ""Case" ("Id" int, "select" text, "a ""b" text);
                                 """;
    static final List<String> ODD_TABLE = List.of("Odd Schema", "Mixed \"Case");

    private static final Map<List<String>, List<String>> TABLES = Map.of(
            List.of("public", "orders"), List.of("id int", "customer_id int", "amount numeric", "status text", "note text"),
            List.of("public", "order_lines"), List.of("order_id int", "qty int", "price numeric"),
            List.of("public", "customers"), List.of("id int", "name text", "region_id int"),
            List.of("public", "regions"), List.of("id int", "name text"),
            ODD_TABLE, List.of("Id int", "select text", "a \"b text"));

    private Plans() {
    }

    static RelBuilder builder() {
        RelDataTypeFactory types = new SqlTypeFactoryImpl(RelDataTypeSystem.DEFAULT);
        RelOptCluster cluster = RelOptCluster.create(new HepPlanner(HepProgram.builder().build()), new RexBuilder(types));
        RelBuilder.Config config = RelBuilder.Config.DEFAULT.withSimplify(false).withSimplifyLimit(false)
                .withSimplifyValues(false)
                .withPruneInputOfAggregate(false).withPushJoinCondition(false).withBloat(-1);
        return RelBuilder.proto(Contexts.of(config)).create(cluster, new Schema(types));
    }

    private record Schema(RelDataTypeFactory types) implements RelOptSchema {

        @Override
        public @Nullable RelOptTable getTableForMember(List<String> names) {
            List<String> path = names.size() == 1 ? List.of("public", names.getFirst()) : names;
            return RelOptTableImpl.create(this, row(TABLES.get(path)), path, Expressions.constant(path.toString()));
        }

        @Override
        public RelDataTypeFactory getTypeFactory() {
            return types;
        }

        @Override
        public void registerRules(RelOptPlanner planner) {
        }

        private RelDataType row(List<String> columns) {
            RelDataTypeFactory.Builder row = types.builder();
            for (String column : columns) {
                int space = column.lastIndexOf(' ');
                SqlTypeName type = switch (column.substring(space + 1)) {
                    case "int" -> SqlTypeName.INTEGER;
                    case "numeric" -> SqlTypeName.DECIMAL;
                    default -> SqlTypeName.VARCHAR;
                };
                row.add(column.substring(0, space), type).nullable(!column.equals("id int"));
            }
            return row.build();
        }
    }
}
