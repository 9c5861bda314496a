package io.freshet.planner.catalog.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.planner.functions.ServerObjects;
import io.freshet.planner.testing.TestPostgres;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.TypeInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A catalog made of a script is that of a server which has run the script. */
class SchemaAgreementTest {

    @ParameterizedTest
    @ValueSource(strings = {"schemas/handwritten.sql", "schemas/dump.sql", "corpus/schema.sql"})
    void theCatalogIsThatOfAServer(String file) throws Exception {
        String script = read(file);
        Catalog offline = SchemaCatalog.of(script);
        try (Connection connection = TestPostgres.connectToNew("agreement"); Statement statement = connection.createStatement()) {
            statement.execute(withoutCommands(script));
            Catalog live = LiveCatalog.load(connection);
            assertThat(offline.names()).containsExactlyInAnyOrderElementsOf(live.names());
            for (TableName name : live.names()) {
                assertThat(comparable(offline, name)).as(name.toString()).isEqualTo(comparable(live, name));
            }
            assertThat(userTypes(offline.objects())).isEqualTo(userTypes(live.objects()));
        }
    }

    /** Without what is for psql. */
    private static String withoutCommands(String dump) {
        return dump.replaceAll("(?m)^\\\\.*$", "");
    }

    /** Without the texts that two writers write differently, and the collations of a view, which are its tables'. */
    private static Table comparable(Catalog catalog, TableName name) {
        Table table = catalog.table(name).orElseThrow();
        boolean isView = table.viewDefinition().isPresent();
        List<Column> columns = table.columns().stream()
                .map(c -> new Column(c.name(), c.type(), c.notNull(), c.generated().map(text -> "an expression"),
                        isView ? Column.Collation.DETERMINISTIC : c.collation()))
                .toList();
        return new Table(table.name(), table.kind(), columns, table.keys().stream().distinct().toList(), table.replicaIdentity(),
                table.placement(), table.viewDefinition().map(text -> "a query"));
    }

    private static List<String> userTypes(ServerObjects objects) {
        return objects.types().all().stream()
                .filter(t -> !List.of("pg_catalog", "information_schema", "pg_toast").contains(t.schema()))
                .map(t -> describe(t, objects)).sorted(Comparator.naturalOrder()).toList();
    }

    /** A type without its oids. */
    private static String describe(TypeInfo type, ServerObjects objects) {
        String fields = objects.fields(type.oid()).stream()
                .map(f -> f.name() + " " + objects.types().type(f.type(), f.modifier()).text()).toList().toString();
        Optional<PgType> element = objects.types().type(type.oid()).element();
        String base = type.base() == 0 ? "" : objects.types().type(type.base(), type.baseModifier()).text();
        String array = type.array() == 0 ? "" : objects.types().info(type.array()).name();
        return String.join(" ", type.qualifiedName(), type.kind().name(), String.valueOf(type.category()),
                String.valueOf(type.operatorClasses()), "of", element.map(PgType::text).orElse(""), "over", base, "in", array,
                fields);
    }

    static String read(String resource) throws IOException {
        try (InputStream file = SchemaAgreementTest.class.getResourceAsStream("/" + resource)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
