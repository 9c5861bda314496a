package io.freshet.planner.catalog.offline;

import io.freshet.errors.ErrorCategory;
import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.QueryParser;
import io.freshet.parser.schema.SchemaStatement.CreateView;
import io.freshet.parser.schema.SchemaStatement.ViewKind;
import io.freshet.parser.schema.SchemaStatement.WhenTaken;
import io.freshet.planner.OutputColumn;
import io.freshet.planner.PlannedQuery;
import io.freshet.planner.QueryPlanner;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.catalog.offline.Relations.UnreadableView;
import io.freshet.planner.print.SqlPrinter;
import io.freshet.planner.types.PgType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Carries out CREATE VIEW: plans its query for the columns, and keeps it as PostgreSQL does, with full names and every {@code *} written out,
 * so that neither a later search path nor a later column changes its meaning.
 */
final class Views {
    private final String script;
    private final Names names;
    private final Types types;
    private final Relations relations;

    /** A view's query, printed, with the columns it gives. */
    private record Body(List<ScriptColumn> columns, String definition) {
    }

    Views(String script, Names names, Types types, Relations relations) {
        this.script = script;
        this.names = names;
        this.types = types;
        this.relations = relations;
    }

    void create(CreateView statement) {
        TableName name = names.created(statement.name());
        SourcePosition place = statement.name().position();
        if (statement.whenTaken() == WhenTaken.KEEP && relations.isTaken(name)) {
            return;
        }
        if (statement.whenTaken() != WhenTaken.REPLACE || relations.find(name).filter(t -> !t.isView()).isPresent()) {
            relations.requireFree(name, place);
        }
        int rowType = relations.rowType(name).orElseGet(() -> types.addComposite(name, place));
        Table.Kind kind = statement.kind() == ViewKind.PLAIN ? Table.Kind.VIEW : Table.Kind.MATERIALIZED_VIEW;
        try {
            Body body = body(statement);
            ScriptTable view = ScriptTable.view(name, rowType, kind, body.definition());
            body.columns().forEach(view::addColumn);
            relations.put(view);
        } catch (FreshetException e) {
            SourcePosition inScript = e.position().map(p -> statement.query().in(script, p)).orElse(statement.position());
            if (!isOutOfReach(e)) {
                throw e.at(inScript);
            }
            relations.put(new UnreadableView(name, rowType, unreadable(name, e, inScript)));
        }
    }

    private Body body(CreateView statement) {
        Catalog catalog = ScriptCatalog.of(types, relations, names.searchPath());
        PlannedQuery query = QueryPlanner.over(catalog).plan(statement.query().sql());
        List<String> columnNames = columnNames(statement.columns(), query);
        List<ScriptColumn> columns = new ArrayList<>();
        for (int i = 0; i < columnNames.size(); i++) {
            PgType type = types.resolve(QueryParser.parseType(query.columns().get(i).type()), List.of(), statement.position());
            columns.add(new ScriptColumn(columnNames.get(i), type, false, Optional.empty(),
                    Column.Collation.DETERMINISTIC));
        }
        return new Body(columns, SqlPrinter.plain().print(query.raw(), columnNames));
    }

    /** Those given before the query, then the query's own. */
    private static List<String> columnNames(List<String> given, PlannedQuery query) {
        List<String> all = query.columns().stream().map(OutputColumn::name).toList();
        if (given.size() > all.size()) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "CREATE VIEW specifies more column names than columns");
        }
        List<String> columns = new ArrayList<>(given);
        columns.addAll(all.subList(given.size(), all.size()));
        Set<String> seen = new HashSet<>();
        columns.stream().filter(c -> !seen.add(c)).findFirst().ifPresent(c -> {
            throw FreshetException.of(ErrorCode.DUPLICATE_OUTPUT_COLUMN, "column \"" + c + "\" specified more than once");
        });
        return columns;
    }

    /**
     * Whether a server may have what is missing here. A script's functions are not read, and a view that cannot be planned hurts only those
     * who read it.
     */
    private static boolean isOutOfReach(FreshetException error) {
        return error.code() == ErrorCode.UNDEFINED_FUNCTION || error.code().category() == ErrorCategory.UNSUPPORTED;
    }

    private static FreshetException unreadable(TableName view, FreshetException error, SourcePosition place) {
        FreshetException reason = FreshetException.of(error.code(),
                "view " + view + " cannot be read from the schema script, because of its " + place + ": " + error.getMessage())
                .causedBy(error);
        return error.hint().map(reason::withHint).orElse(reason);
    }
}
