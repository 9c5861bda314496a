package io.freshet.planner.catalog.offline;

import io.freshet.errors.FreshetException;
import io.freshet.parser.schema.SchemaScript;
import io.freshet.parser.schema.SchemaStatement;
import io.freshet.parser.schema.SchemaStatement.AddColumn;
import io.freshet.parser.schema.SchemaStatement.AddKey;
import io.freshet.parser.schema.SchemaStatement.AddKeyUsingIndex;
import io.freshet.parser.schema.SchemaStatement.AttachPartition;
import io.freshet.parser.schema.SchemaStatement.CreateCollation;
import io.freshet.parser.schema.SchemaStatement.CreateComposite;
import io.freshet.parser.schema.SchemaStatement.CreateDomain;
import io.freshet.parser.schema.SchemaStatement.CreateEnum;
import io.freshet.parser.schema.SchemaStatement.CreateSchema;
import io.freshet.parser.schema.SchemaStatement.CreateTable;
import io.freshet.parser.schema.SchemaStatement.CreateUniqueIndex;
import io.freshet.parser.schema.SchemaStatement.CreateView;
import io.freshet.parser.schema.SchemaStatement.DistributeSchema;
import io.freshet.parser.schema.SchemaStatement.DistributeTable;
import io.freshet.parser.schema.SchemaStatement.Field;
import io.freshet.parser.schema.SchemaStatement.ReferenceTable;
import io.freshet.parser.schema.SchemaStatement.SetNullability;
import io.freshet.parser.schema.SchemaStatement.SetReplicaIdentity;
import io.freshet.parser.schema.SchemaStatement.SetSearchPath;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.functions.ServerObjects.NamedType;
import io.freshet.planner.types.PgType;
import java.util.ArrayList;
import java.util.List;

/**
 * The catalog of a schema script, for a plain PostgreSQL 17 and Citus's default settings. Differences from a server that has run the script:
 * functions, operators and types of extensions are unknown; co-location groups have other numbers; a generated column's expression and a
 * view's query are written otherwise; the columns of views have no collation, since those of the tables below them count.
 */
public final class SchemaCatalog {
    private final Names names = new Names();
    private final Types types = new Types();
    private final Relations relations = new Relations(names);
    private final Collations collations = new Collations(names);
    private final TableStatements tables = new TableStatements(names, types, relations, collations);
    private final Placements placements = new Placements(names, relations);
    private final Views views;

    private SchemaCatalog(String script) {
        views = new Views(script, names, types, relations);
    }

    /**
     * Carries out a script as a person or {@code pg_dump --schema-only} writes it.
     *
     * @param script statements of DDL; those that say nothing about relations, types and placements are skipped
     * @return a catalog whose search path is the last that the script sets, {@code public} without one. A view whose query needs what only
     *         a server knows is an error for the query that names it, not for the script.
     * @throws FreshetException with the position in {@code script}: SYNTAX_ERROR, UNSUPPORTED_SYNTAX, UNDEFINED_TABLE, UNDEFINED_COLUMN,
     *             UNDEFINED_TYPE, NAME_TAKEN, or INVALID_QUERY for another reason for which PostgreSQL or Citus would refuse a statement
     */
    public static Catalog of(String script) {
        SchemaCatalog catalog = new SchemaCatalog(script);
        SchemaScript.parse(script).forEach(catalog::carryOut);
        return catalog.finish();
    }

    private Catalog finish() {
        placements.placeTablesOfDistributedSchemas();
        return ScriptCatalog.of(types, relations, names.finalSearchPath());
    }

    private void carryOut(SchemaStatement statement) {
        switch (statement) {
            case CreateSchema s -> names.createSchema(s.name());
            case SetSearchPath s -> names.setSearchPath(s.schemas());
            case CreateEnum s -> types.addEnum(names.created(s.name()), s.name().position());
            case CreateComposite s -> createComposite(s);
            case CreateDomain s -> tables.createDomain(s);
            case CreateCollation s -> collations.create(s);
            case CreateTable s -> tables.createTable(s);
            case CreateView s -> views.create(s);
            case CreateUniqueIndex s -> tables.createUniqueIndex(s);
            case AddColumn s -> tables.addColumn(s);
            case AddKey s -> tables.addKey(s);
            case AddKeyUsingIndex s -> tables.addKey(s);
            case AttachPartition s -> tables.attach(s);
            case SetNullability s -> tables.setNullability(s);
            case SetReplicaIdentity s -> tables.setReplicaIdentity(s);
            case DistributeTable s -> placements.distribute(s);
            case DistributeSchema s -> placements.distribute(s);
            case ReferenceTable s -> placements.makeReference(s);
        }
    }

    private void createComposite(CreateComposite statement) {
        List<NamedType> fields = new ArrayList<>();
        for (Field field : statement.fields()) {
            PgType type = types.resolve(field.type(), names.searchPath(), statement.position());
            fields.add(new NamedType(field.name(), type.oid(), type.modifier()));
        }
        types.setFields(types.addComposite(names.created(statement.name()), statement.name().position()), fields);
    }
}
