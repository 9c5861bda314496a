package io.freshet.planner.analyze;

import io.freshet.planner.analyze.Relations.NamedTable;
import java.util.List;
import java.util.Properties;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.apache.calcite.sql.validate.SqlNameMatchers;

/** Shows Calcite the relations that one query names, each by schema and name. */
final class PgCatalogReader extends CalciteCatalogReader {

    PgCatalogReader(Environment environment, List<NamedTable> tables, ViewExpander views) {
        super(schema(environment, tables, views), SqlNameMatchers.withCaseSensitive(true), List.of(List.of()),
                environment.rex().types(), new CalciteConnectionConfigImpl(new Properties()));
    }

    private static CalciteSchema schema(Environment environment, List<NamedTable> tables, ViewExpander views) {
        CalciteSchema root = CalciteSchema.createRootSchema(false, false, "", new AbstractSchema());
        for (NamedTable named : tables) {
            String schemaName = named.table().name().schema();
            CalciteSchema found = root.getSubSchema(schemaName, true);
            CalciteSchema schema = found == null ? root.add(schemaName, new AbstractSchema()) : found;
            schema.add(named.table().name().name(), new PlanTable(environment, named, views));
        }
        return root;
    }
}
