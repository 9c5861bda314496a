package io.freshet.planner.catalog.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.planner.OutputColumn;
import io.freshet.planner.QueryPlanner;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaCatalogTest {

    private static Placement placement(Catalog catalog, String table) {
        return catalog.table(new TableName("public", table)).orElseThrow().placement();
    }

    @Test
    void tablesOfOneTypeAreColocated() {
        Catalog catalog = SchemaCatalog.of("""
                                           CREATE TABLE a (id int, t text); CREATE TABLE b (id int); CREATE TABLE c (id bigint);
                                           CREATE TABLE d (id int); CREATE TABLE e (id int); CREATE TABLE f (id bigint);
                                           SELECT create_distributed_table('a', 'id');
                                           SELECT create_distributed_table('public.b', 'id', colocate_with => 'default');
                                           SELECT create_distributed_table('c', 'id');
                                           SELECT create_distributed_table('d', 'id', colocate_with => 'none');
                                           SELECT create_distributed_table('e', 'id', colocate_with => 'd');
                                           SELECT create_distributed_table('f', 'id', shard_count => 4);
                                           """);
        assertThat(placement(catalog, "a")).isEqualTo(new Placement.Distributed("id", 1));
        assertThat(placement(catalog, "b")).isEqualTo(new Placement.Distributed("id", 1));
        assertThat(placement(catalog, "c")).isEqualTo(new Placement.Distributed("id", 2));
        assertThat(placement(catalog, "d")).isEqualTo(new Placement.Distributed("id", 3));
        assertThat(placement(catalog, "e")).isEqualTo(new Placement.Distributed("id", 3));
        assertThat(placement(catalog, "f")).isEqualTo(new Placement.Distributed("id", 4));
    }

    @Test
    void otherPlacements() {
        Catalog catalog = SchemaCatalog.of("""
                                           CREATE TABLE r (id int); SELECT create_reference_table('r');
                                           CREATE TABLE l (id int); SELECT citus_add_local_table_to_metadata('l');
                                           CREATE TABLE s (id int); SELECT create_distributed_table('s', NULL);
                                           CREATE TABLE p (id int) PARTITION BY LIST (id);
                                           CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
                                           SELECT create_distributed_table('p', 'id');
                                           CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
                                           CREATE SCHEMA tenant; CREATE TABLE tenant.x (id int);
                                           SELECT citus_schema_distribute('tenant');
                                           CREATE TABLE tenant.y (id int); CREATE VIEW tenant.v AS SELECT * FROM tenant.x;
                                           """);
        assertThat(placement(catalog, "r")).isEqualTo(new Placement.Reference());
        assertThat(placement(catalog, "l")).isEqualTo(new Placement.Local());
        assertThat(placement(catalog, "s")).isEqualTo(new Placement.SingleShard(1));
        assertThat(placement(catalog, "p1")).isEqualTo(new Placement.Distributed("id", 2));
        assertThat(placement(catalog, "p2")).isEqualTo(new Placement.Distributed("id", 2));
        assertThat(List.of("x", "y"))
                .allSatisfy(t -> assertThat(catalog.table(new TableName("tenant", t)).orElseThrow().placement())
                        .isEqualTo(new Placement.SchemaShard(3)));
        assertThat(catalog.table(new TableName("tenant", "v")).orElseThrow().placement()).isEqualTo(new Placement.Local());
    }

    @Test
    void theSearchPathIsTheLastThatIsNotEmpty() {
        assertThat(SchemaCatalog.of("CREATE TABLE t (a int)").searchPath()).containsExactly("public");
        assertThat(SchemaCatalog.of("SELECT pg_catalog.set_config('search_path', '', false)").searchPath())
                .containsExactly("public");
        Catalog catalog = SchemaCatalog
                .of("CREATE SCHEMA s; SET search_path TO \"$user\", nowhere, s, public; CREATE TABLE t (a int)");
        assertThat(catalog.searchPath()).containsExactly("s", "public");
        assertThat(catalog.names()).containsExactly(new TableName("s", "t"));
    }

    @Test
    void aViewKeepsTheMeaningItWasMadeWith() {
        Catalog catalog = SchemaCatalog.of("""
                                           CREATE TABLE a.t (x int); CREATE TABLE b.t (y text);
                                           SET search_path TO a; CREATE VIEW v (first) AS SELECT *, 1 AS one FROM t;
                                           ALTER TABLE t ADD COLUMN z int;
                                           SET search_path TO b, a;
                                           """);
        assertThat(QueryPlanner.over(catalog).plan("SELECT * FROM v").columns())
                .containsExactly(new OutputColumn("first", "integer", true), new OutputColumn("one", "integer", false));
    }

    @Test
    void aViewThatNeedsAServerIsAnErrorForItsReadersOnly() {
        Catalog catalog = SchemaCatalog.of("""
                                           CREATE TABLE t (a int);
                                           CREATE FUNCTION mine(int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
                                           CREATE VIEW v AS SELECT
                                             mine(a) FROM t;
                                           CREATE VIEW w AS SELECT * FROM v;
                                           """);
        assertThat(QueryPlanner.over(catalog).plan("SELECT a FROM t").columns()).hasSize(1);
        FreshetException error = catchThrowableOfType(FreshetException.class,
                () -> QueryPlanner.over(catalog).plan("SELECT 1 FROM w"));
        assertThat(error.code()).isEqualTo(ErrorCode.UNDEFINED_FUNCTION);
        assertThat(error.position()).contains(SourcePosition.of("SELECT 1 FROM w", 14));
        assertThat(error).hasMessageContaining("view public.w cannot be read")
                .hasMessageContaining("view public.v cannot be read")
                .hasMessageContaining("line 4, column 3").hasMessageContaining("mine");
    }

    @Test
    void collationsThatEquateDifferentStringsAreKnown() {
        Catalog catalog = SchemaCatalog
                .of("""
                    CREATE COLLATION s.ci (provider = icu, locale = 'und', deterministic = false);
                    CREATE COLLATION s.same FROM s.ci;
                    CREATE COLLATION s.strict (locale = 'und', deterministic = true);
                    CREATE TABLE t (a text COLLATE s.ci, b text COLLATE s.same, c text COLLATE s.strict, d text);
                    """);
        assertThat(catalog.table(new TableName("public", "t")).orElseThrow().columns()).extracting(Column::collation)
                .containsExactly(
                        Column.Collation.NOT_DETERMINISTIC, Column.Collation.NOT_DETERMINISTIC, Column.Collation.DETERMINISTIC,
                        Column.Collation.DETERMINISTIC);
    }

    @Test
    void aTypeOfAnExtensionCanBeStoodInFor() {
        FreshetException error = catchThrowableOfType(FreshetException.class,
                () -> SchemaCatalog.of("CREATE TABLE t (a s.\"Box\"[])"));
        assertThat(error.hint().orElseThrow()).endsWith("CREATE DOMAIN s.\"Box\" AS text;");
        Catalog catalog = SchemaCatalog.of("CREATE DOMAIN s.\"Box\" AS text; CREATE TABLE t (a s.\"Box\"[])");
        assertThat(catalog.table(new TableName("public", "t")).orElseThrow().columns())
                .containsExactly(Column.of("a", "s.\"Box\"[]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
                                                                       CREATE TABLE u (a int, b nosuch(3)[])                    | UNDEFINED_TYPE   | 24 | type "nosuch" does not exist
                                                                       CREATE TABLE u (a int, b anyelement)                     | INVALID_QUERY    | 24 | no column can have the pseudo-type anyelement
                                                                       CREATE TABLE u (a numeric(2000))                         | INVALID_QUERY    | 17 | invalid type modifier in numeric(2000)
                                                                       CREATE TABLE u (a int, a int)                            | NAME_TAKEN       | 24 | column "a" specified more than once
                                                                       CREATE TABLE u (a int, UNIQUE (b))                       | UNDEFINED_COLUMN | 1  | column "b" of "public.u" does not exist
                                                                       CREATE TABLE u (a int PRIMARY KEY, PRIMARY KEY (a))      | INVALID_QUERY    | 1  | multiple primary keys for table "public.u" are not allowed
                                                                       CREATE TABLE t (a int)                                   | NAME_TAKEN       | 14 | relation "public.t" already exists
                                                                       CREATE VIEW t AS SELECT 1                                | NAME_TAKEN       | 13 | relation "public.t" already exists
                                                                       CREATE TYPE t AS ENUM ()                                 | NAME_TAKEN       | 13 | type "public.t" already exists
                                                                       CREATE TABLE u PARTITION OF t DEFAULT                    | INVALID_QUERY    | 29 | "public.t" is not partitioned
                                                                       CREATE DOMAIN d AS nosuch                                | UNDEFINED_TYPE   | 1  | type "nosuch" does not exist
                                                                       CREATE VIEW v AS SELECT * FROM tt                        | UNDEFINED_TABLE  | 32 | relation "tt" does not exist
                                                                       CREATE VIEW v AS SELECT b FROM t                         | UNDEFINED_COLUMN | 25 | column "b" does not exist
                                                                       CREATE VIEW v AS SELECT 1 AS a, 2 AS a                   | DUPLICATE_OUTPUT_COLUMN | 1 | column "a" specified more than once
                                                                       CREATE VIEW v (a, b) AS SELECT 1                         | INVALID_QUERY    | 1  | CREATE VIEW specifies more column names than columns
                                                                       CREATE VIEW v AS SELEC                                   | SYNTAX_ERROR     | 18 | syntax error at or near "SELEC"
                                                                       ALTER TABLE s.nosuch ADD PRIMARY KEY (a)                 | UNDEFINED_TABLE  | 13 | relation "s.nosuch" does not exist
                                                                       ALTER TABLE t ALTER b SET NOT NULL                       | UNDEFINED_COLUMN | 1  | column "b" of "public.t" does not exist
                                                                       ALTER TABLE t ADD PRIMARY KEY USING INDEX i              | INVALID_QUERY    | 1  | unique index "i" does not exist
                                                                       ALTER TABLE v0 ADD COLUMN b int                          | INVALID_QUERY    | 13 | "public.v0" is not a table
                                                                       CREATE UNIQUE INDEX i ON nosuch (a)                      | UNDEFINED_TABLE  | 26 | relation "nosuch" does not exist
                                                                       SELECT create_distributed_table('nosuch', 'a')           | UNDEFINED_TABLE  | 33 | relation "nosuch" does not exist
                                                                       SELECT create_distributed_table('t', 'b')                | UNDEFINED_COLUMN | 1  | column "b" of "public.t" does not exist
                                                                       SELECT create_distributed_table('t', 'a', 'range')       | UNSUPPORTED_SYNTAX | 43 | a distribution other than by hash is not supported
                                                                       SELECT create_distributed_table('r', 'a')                | INVALID_QUERY    | 33 | table "public.r" is already distributed
                                                                       SELECT create_distributed_table('t', 'a', colocate_with => 'r') | INVALID_QUERY | 60 | a table cannot be co-located with "public.r", whose distribution column has another type or which has none
                                                                       SELECT citus_schema_distribute('nosuch')                 | INVALID_QUERY    | 1  | schema "nosuch" does not exist
                                                                       SET search_path TO nosuch; CREATE TABLE u (a int)        | INVALID_QUERY    | 41 | no schema has been selected to create "u" in
                                                                       """)
    void aMistakeIsOneErrorWithItsPlace(String sql, ErrorCode code, int column, String message) {
        String script = """
                        CREATE TABLE t (a int); CREATE TABLE r (a int); CREATE VIEW v0 AS SELECT 1; SELECT create_reference_table('r');
                        """
                + sql;
        FreshetException error = catchThrowableOfType(FreshetException.class, () -> SchemaCatalog.of(script));
        assertThat(error).hasMessage(message);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.position()).contains(SourcePosition.of(script, 2, column));
    }
}
