package io.freshet.it.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.catalog.offline.SchemaCatalog;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A script's tables lie and are co-located as on a cluster that has run it. */
class PlacementAgreementIT {
    private static final String SCRIPT = """
                                         CREATE TABLE alone (a int); CREATE TABLE first (a int, b text COLLATE "C"); CREATE TABLE second (x int);
                                         CREATE TABLE big (a bigint); CREATE TABLE four (a int); CREATE TABLE named (a int);
                                         CREATE TABLE lonely (a int); CREATE TABLE later (a int); CREATE TABLE counted (a int);
                                         SELECT create_distributed_table('alone', 'a', colocate_with => 'none');
                                         SELECT create_distributed_table('first', 'a');
                                         SELECT create_distributed_table('public.second', 'x', colocate_with => 'default');
                                         SELECT create_distributed_table('big', 'a');
                                         SELECT create_distributed_table('four', 'a', shard_count => 4);
                                         SELECT create_distributed_table('named', 'a', 'hash', 'four');
                                         SELECT create_distributed_table('lonely', 'a', colocate_with := 'none');
                                         SELECT create_distributed_table('later', 'a');
                                         SELECT create_distributed_table('counted', 'a', shard_count => 4);

                                         CREATE TABLE texts (a text); CREATE TABLE short_texts (a varchar(9));
                                         SELECT create_distributed_table('texts', 'a');
                                         SELECT create_distributed_table('short_texts', 'a');

                                         CREATE TABLE one (a int); CREATE TABLE other_one (a text); CREATE TABLE lonely_one (a int);
                                         SELECT create_distributed_table('one', NULL);
                                         SELECT create_distributed_table('other_one', NULL);
                                         SELECT create_distributed_table('lonely_one', NULL, colocate_with => 'none');

                                         CREATE TABLE everywhere (a int PRIMARY KEY); CREATE TABLE here (a int); CREATE TABLE nowhere (a int);
                                         SELECT create_reference_table('everywhere');
                                         SELECT citus_add_local_table_to_metadata('here');

                                         CREATE TABLE parts (a int, b int) PARTITION BY LIST (b);
                                         CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
                                         SELECT create_distributed_table('parts', 'a');
                                         CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2);
                                         CREATE TABLE parts_3 (a int, b int);
                                         ALTER TABLE parts ATTACH PARTITION parts_3 FOR VALUES IN (3);

                                         CREATE SCHEMA "Tenant";
                                         CREATE TABLE "Tenant".early (a int);
                                         SELECT citus_schema_distribute('"Tenant"');
                                         CREATE TABLE "Tenant"."Late" (a int);
                                         CREATE VIEW "Tenant".v AS SELECT * FROM "Tenant".early;
                                         """;

    @Test
    void aScriptPlacesTablesAsCitusDoes() throws Exception {
        try (Database database = Clusters.citus().createDatabase("placement")) {
            for (String statement : SCRIPT.split(";\\s*")) {
                database.execute(statement);
            }
            try (Connection connection = database.connect()) {
                Map<TableName, Placement> live = placements(LiveCatalog.load(connection));
                assertThat(placements(SchemaCatalog.of(SCRIPT))).isEqualTo(live);
                assertThat(live.keySet()).extracting(TableName::name).contains("alone", "Late", "parts_3");
            }
        }
    }

    /** With co-location groups numbered by the first table that is in them. */
    private static Map<TableName, Placement> placements(Catalog catalog) {
        Map<Integer, Integer> groups = new HashMap<>();
        Map<TableName, Placement> placements = new TreeMap<>();
        List<TableName> ofTheScript = catalog.names().stream().filter(n -> List.of("public", "Tenant").contains(n.schema()))
                .filter(n -> !n.name().startsWith("citus_") && !n.name().startsWith("pg_")).sorted().toList();
        for (TableName name : ofTheScript) {
            placements.put(name, switch (catalog.table(name).orElseThrow().placement()) {
                case Placement.Distributed d ->
                    new Placement.Distributed(d.column(), groups.computeIfAbsent(d.colocationId(), id -> groups.size() + 1));
                case Placement.SingleShard s ->
                    new Placement.SingleShard(groups.computeIfAbsent(s.colocationId(), id -> groups.size() + 1));
                case Placement.SchemaShard s ->
                    new Placement.SchemaShard(groups.computeIfAbsent(s.colocationId(), id -> groups.size() + 1));
                case Placement.Reference reference -> reference;
                case Placement.Local local -> local;
            });
        }
        return placements;
    }
}
