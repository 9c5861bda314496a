package io.freshet.ivm.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.Explanation;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every kind of program as people see it, in {@code src/test/resources/golden}; {@code -Dfreshet.accept} writes what came out. */
class GoldenProgramTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden");

    @Test
    void filterAndProjectWithTheKeyKept() throws IOException {
        plain("filter", "SELECT customer_id, id, amount * 2 AS double\nFROM orders\nWHERE note LIKE 'a%'");
    }

    @Test
    void joinWithHiddenKeys() throws IOException {
        plain("join", "SELECT c.name, o.amount\nFROM orders o\nJOIN customers c ON c.id = o.customer_id");
    }

    @Test
    void selfJoin() throws IOException {
        plain("self-join",
                "SELECT a.id, b.id AS other\nFROM customers a\nJOIN customers b ON a.region = b.region AND a.id < b.id");
    }

    @Test
    void threeWayJoin() throws IOException {
        plain("three-way-join",
                "SELECT o.customer_id, o.id, c.id AS cid, r.id AS rid, r.name\nFROM orders o\nJOIN customers c ON c.id = o.customer_id\nJOIN regions r ON r.id = c.region");
    }

    @Test
    void unionAllIsABag() throws IOException {
        plain("union-all", "SELECT note FROM orders UNION ALL SELECT name FROM customers");
    }

    @Test
    void groupsOfAJoin() throws IOException {
        plain("group-by",
                "SELECT c.region, count(*) AS orders, sum(o.amount) AS total\nFROM orders o\nJOIN customers c ON c.id = o.customer_id\nGROUP BY c.region");
    }

    @Test
    void groupsThatAreTheirOwnState() throws IOException {
        plain("in-place", "SELECT customer_id, count(*) AS orders, max(placed) AS last\nFROM orders\nGROUP BY customer_id");
    }

    @Test
    void extremaAndHaving() throws IOException {
        plain("having",
                "SELECT customer_id, max(amount) - min(amount) AS spread, avg(price) AS price\nFROM orders\nGROUP BY customer_id\nHAVING count(*) > 1");
    }

    @Test
    void distinct() throws IOException {
        plain("distinct", "SELECT DISTINCT region FROM customers");
    }

    @Test
    void groupsThatAreEvaluatedAgain() throws IOException {
        plain("recompute", "SELECT note, string_agg(price::text, ', ' ORDER BY id) AS prices\nFROM orders\nGROUP BY note");
    }

    @Test
    void oneRow() throws IOException {
        plain("one-row", "SELECT count(*) AS n, max(amount) AS most FROM orders");
    }

    @Test
    void fullRefresh() throws IOException {
        plain("full", "SELECT o.id, c.name\nFROM orders o\nLEFT JOIN customers c ON c.id = o.customer_id");
    }

    @Test
    void colocatedJoinOnCitus() throws IOException {
        golden("citus-join", Catalogs.citus(),
                "SELECT o.customer_id, o.id, c.name\nFROM orders o\nJOIN customers c ON c.id = o.customer_id",
                Optional.of("customer_id"));
    }

    @Test
    void colocatedGroupsOnCitus() throws IOException {
        golden("citus-group-by", Catalogs.citus(),
                "SELECT c.id AS customer, c.region, count(*) AS n, avg(o.amount) AS mean\nFROM orders o\nJOIN customers c ON c.id = o.customer_id\nGROUP BY c.id, c.region",
                Optional.of("customer"));
    }

    @Test
    void joinWithAReferenceTableOnCitus() throws IOException {
        golden("citus-mirror", Catalogs.citus(),
                "SELECT c.id, c.name, r.name AS region\nFROM customers c\nJOIN regions r ON r.id = c.region", Optional.of("id"));
    }

    @Test
    void groupsOnTheCoordinatorOfCitus() throws IOException {
        golden("citus-two-phase", Catalogs.citus(), "SELECT region, count(*) AS n FROM customers GROUP BY region",
                Optional.empty());
    }

    @Test
    void joinOnTheOtherTablesDistributionColumn() throws IOException {
        golden("citus-shuffle", Catalogs.citus(),
                "SELECT e.kind, p.title, e.value\nFROM events e\nJOIN products p ON p.id = e.value", Optional.empty());
    }

    @Test
    void joinOnNeithersDistributionColumn() throws IOException {
        golden("citus-broadcast", Catalogs.citus(),
                "SELECT o.customer_id, o.id, p.id AS product\nFROM orders o\nJOIN products p ON p.title = o.note",
                Optional.of("customer_id"));
    }

    @Test
    void colocatedShuffledAndBroadcast() throws IOException {
        golden("citus-mixed-joins", Catalogs.citus(),
                "SELECT c.region, p.title, count(*) AS n, max(o.amount) AS most\nFROM orders o\nJOIN customers c ON c.id = o.customer_id\nJOIN events e ON e.kind = o.note\nJOIN products p ON p.kind = c.name\nGROUP BY c.region, p.title",
                Optional.empty());
    }

    @Test
    void joinOnNoEquality() throws IOException {
        golden("citus-theta-join", Catalogs.citus(),
                "SELECT p.kind, count(*) AS n\nFROM orders o\nJOIN products p ON p.id < o.id\nGROUP BY p.kind", Optional.empty());
    }

    private static void plain(String name, String sql) throws IOException {
        golden(name, Catalogs.plain(), sql, Optional.empty());
    }

    private static void golden(String name, Catalog catalog, String sql, Optional<String> distributionColumn) throws IOException {
        CompiledStreamTable compiled = StreamTableCompiler.over(catalog)
                .compile(
                        new StreamTableDefinition(new TableName("public", "summary"), sql, RefreshMode.AUTO, distributionColumn));
        String text = "-- " + sql.replace("\n", "\n-- ") + "\n\n" + Explanation.of(compiled).text() + "\n-- To verify it:\n"
                + compiled.verifySql() + ";\n";
        Path file = FOLDER.resolve(name + ".sql");
        if (System.getProperty("freshet.accept") != null) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, text);
        }
        assertThat(file).as("run with -Dfreshet.accept to write it").exists();
        assertThat(text).isEqualTo(Files.readString(file));
    }
}
