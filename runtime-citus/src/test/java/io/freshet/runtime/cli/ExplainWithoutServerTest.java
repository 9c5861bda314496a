package io.freshet.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code freshet explain --schema}; no server is there. */
class ExplainWithoutServerTest {
    private static final Path ROOT = Path.of("..");
    private static final String README_COMMAND = "    ./freshet explain --schema ";
    private static final String SCHEMA = """
                                         CREATE TABLE items (id int PRIMARY KEY, kind text NOT NULL, price numeric);
                                         CREATE TABLE kinds (kind text PRIMARY KEY, title text NOT NULL);
                                         CREATE TABLE sales (id int, item int NOT NULL, amount numeric, PRIMARY KEY (item, id));
                                         SELECT create_distributed_table('items', 'id');
                                         SELECT create_distributed_table('sales', 'item');
                                         SELECT create_reference_table('kinds');
                                         """;

    @TempDir
    private Path directory;
    private String schema = "";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeSchema() throws IOException {
        schema = file("schema.sql", SCHEMA);
    }

    @Test
    void theCommandInTheReadmeWorks() throws IOException {
        String line = Files.readAllLines(ROOT.resolve("README.md")).stream().filter(l -> l.startsWith(README_COMMAND)).findFirst()
                .orElseThrow();
        List<String> arguments = new ArrayList<>(
                List.of(line.strip().split("\\s+")).subList(1, line.strip().split("\\s+").length));
        arguments.replaceAll(a -> a.startsWith("examples/") ? ROOT.resolve(a).toString() : a);
        assertThat(run(arguments.toArray(new String[0]))).as(complained()).isZero();
        assertThat(printed()).contains("mode         DIFFERENTIAL", "distributed  by customer_id",
                "reads        public.orders, distributed by customer_id in co-location group 1", "-- To create it:",
                "CREATE TABLE",
                "create_distributed_table", "-- To fill it:", "-- When public.orders has changed:", "[colocated]")
                .doesNotContain("public.customers has changed");
    }

    @Test
    void everySetOfChangedTablesHasItsProgram() throws IOException {
        String query = file("q.sql", "SELECT i.id, i.kind, s.amount FROM items i JOIN sales s ON s.item = i.id; -- all\n");
        assertThat(run("explain", "--schema", schema, "--query", query, "shop.sold")).as(complained()).isZero();
        assertThat(printed()).startsWith("stream table shop.sold\n").contains("mode         DIFFERENTIAL",
                "-- When public.items has changed:", "-- When public.sales has changed:",
                "-- When public.items and public.sales have changed:");
    }

    @Test
    void jsonHasTheSame() throws IOException {
        assertThat(run("explain", "--schema", schema, "--sql", "SELECT kind, max(price) AS dearest FROM items GROUP BY kind",
                "--changed", "items", "--format", "json")).as(complained()).isZero();
        JsonNode json = new ObjectMapper().readTree(printed());
        assertThat(json.get("mode").asText()).isEqualTo("DIFFERENTIAL");
        assertThat(json.get("sources").get(0).get("placement").get("kind").asText()).isEqualTo("distributed");
        assertThat(json.get("programs")).hasSize(1);
        assertThat(json.get("programs").get(0).get("steps")).isNotEmpty()
                .allSatisfy(s -> assertThat(s.get("strategy").asText()).isNotEmpty());
        assertThat(json.get("create")).isNotEmpty();
        assertThat(json.get("populate")).isNotEmpty();
    }

    @Test
    void aFullRefreshHasItsReasonAndPlace() {
        assertThat(run("explain", "--schema", schema, "--sql", "SELECT id FROM items\nORDER BY id LIMIT 3")).isZero();
        assertThat(printed()).contains("mode         FULL", "refreshed in full because of", "(line 2, column ");
        assertThat(run("explain", "--schema", schema, "--sql", "SELECT i.id, k.title FROM items i JOIN kinds k USING (kind)"))
                .isZero();
        assertThat(printed()).contains("mode         DIFFERENTIAL",
                "reads        public.kinds, a reference table, through its mirror pgtrickle_state.kinds_");
        assertThat(run("explain", "--schema", schema, "--mode", "DIFFERENTIAL", "--sql",
                "SELECT id FROM items\nORDER BY id LIMIT 3"))
                .isEqualTo(4);
        assertThat(complained()).startsWith("FR203: ").contains("LINE 2: ");
    }

    @Test
    void aMistakeInTheQueryHasItsPlaceThere() throws IOException {
        String query = file("q.sql", "SELECT id\n  FROM itemz");
        assertThat(run("explain", "--schema", schema, "--query", query)).isEqualTo(3);
        assertThat(complained()).isEqualTo("""
                                           FR104: relation "itemz" does not exist (line 2, column 8)
                                           LINE 2:   FROM itemz
                                                          ^
                                           HINT: Perhaps you meant "items".
                                           """);
        assertThat(run("explain", "--schema", schema, "--query", query, "--format", "json")).isEqualTo(3);
        assertThat(complained()).contains("\"code\":\"FR104\"", "\"line\":2", "\"column\":8");
        assertThat(run("explain", "--schema", schema, "--sql", "SELECT 1; SELECT 2")).isEqualTo(3);
        assertThat(complained()).startsWith("FR103: ").contains("(line 1, column 11)");
        assertThat(run("explain", "--schema", schema, "--sql", "-- nothing")).isEqualTo(3);
        assertThat(complained()).startsWith("FR102: ");
        assertThat(run("explain", "--schema", schema, "--sql", "SELECT random() AS r FROM items")).isEqualTo(4);
        assertThat(complained()).startsWith("FR202: ");
    }

    @Test
    void aMistakeInTheSchemaHasItsPlaceThere() throws IOException {
        String wrong = file("wrong.sql", SCHEMA + "CREATE TABLE t (a int,\n  b money_bag);");
        assertThat(run("explain", "--schema", wrong, "--sql", "SELECT 1 AS a")).isEqualTo(3);
        assertThat(complained()).startsWith("FR107: " + wrong + ": type \"money_bag\" does not exist (line 8, column 3)\n"
                + "LINE 8:   b money_bag);\n          ^\nHINT: ");
        String unfinished = file("unfinished.sql", "CREATE TABLE t (a int");
        assertThat(run("explain", "--schema", unfinished, "--sql", "SELECT 1 AS a")).isEqualTo(3);
        assertThat(complained()).startsWith("FR101: " + unfinished + ": syntax error at end of input (line 1, column 22)");
        String strange = file("strange.sql", "DELETE FROM t");
        assertThat(run("explain", "--schema", strange, "--sql", "SELECT 1 AS a", "--format", "json")).isEqualTo(4);
        assertThat(complained()).startsWith("{\"error\":{\"code\":\"FR201\"").contains("\"position\":{\"line\":1,\"column\":1}");
    }

    @Test
    void filesThatCannotBeReadAreNamed() throws IOException {
        assertThat(run("explain", "--schema", "nowhere.sql", "--sql", "SELECT 1 AS a")).isEqualTo(3);
        assertThat(complained()).isEqualTo("FR112: there is no file nowhere.sql\n");
        assertThat(run("explain", "--schema", schema, "--query", "nowhere.sql")).isEqualTo(3);
        assertThat(complained()).isEqualTo("FR112: there is no file nowhere.sql\n");
        assertThat(run("explain", "--schema", directory.toString(), "--sql", "SELECT 1 AS a")).isEqualTo(3);
        assertThat(complained()).startsWith("FR112: cannot read " + directory);
        Path latin = Files.writeString(directory.resolve("latin.sql"), "SELECT 'é'", StandardCharsets.ISO_8859_1);
        assertThat(run("explain", "--schema", schema, "--query", latin.toString())).isEqualTo(3);
        assertThat(complained()).isEqualTo("FR112: " + latin + " is not text in UTF-8\n");
    }

    @Test
    void whatTheOptionsNameMustBeThere() {
        String sql = "SELECT id, kind FROM items";
        assertThat(run("explain", "--schema", schema, "--sql", sql, "--changed", "items,kinds")).isEqualTo(3);
        assertThat(complained()).contains("the query does not read kinds", "It reads public.items.");
        assertThat(run("explain", "--schema", schema, "--sql", sql, "--distribution-column", "nothing")).isEqualTo(3);
        assertThat(complained()).startsWith("FR113: there is no output column \"nothing\"");
        assertThat(run("explain", "--schema", schema)).isEqualTo(2);
        assertThat(complained()).contains("--schema goes with a query");
        assertThat(run("explain", "--schema", schema, "--sql", sql, "--url", "postgresql://localhost/x")).isEqualTo(2);
        assertThat(complained()).contains("--schema stands for a server");
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content).toString();
    }

    private int run(String... arguments) {
        return Freshet.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private String printed() {
        String text = out.toString();
        out.getBuffer().setLength(0);
        return text;
    }

    private String complained() {
        String text = err.toString();
        err.getBuffer().setLength(0);
        return text;
    }
}
