package io.freshet.ivm.compiler;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.QueryDescription;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.program.FullRefresh;
import io.freshet.ivm.program.Home;
import io.freshet.ivm.program.StoredColumn;
import io.freshet.ivm.program.Workshop;
import io.freshet.parser.QueryParser;
import io.freshet.planner.OutputColumn;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.types.PgType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A query that only the server understands: its text can be evaluated again, and that is all. */
final class DescribedQuery {
    private static final String OPERATOR = "a query that Freshet reads otherwise than PostgreSQL";

    private final Catalog catalog;
    private final StreamTableDefinition definition;
    private final QueryDescription described;

    DescribedQuery(Catalog catalog, StreamTableDefinition definition, QueryDescription described) {
        this.catalog = catalog;
        this.definition = definition;
        this.described = described;
    }

    /** @param notRead why Freshet has no plan of it; thrown where a full refresh would not be right either */
    CompiledStreamTable compile(FreshetException notRead) {
        Optional<List<Table>> sources = sources();
        if (described.changing().isPresent() || sources.isEmpty()) {
            throw notRead;
        }
        return compile(sources.get(), new FullRefreshReason("a query that Freshet does not read",
                "PostgreSQL understands the query, Freshet does not: " + notRead.getMessage() + '.', notRead.hint(),
                notRead.position()));
    }

    /** @param difference between the two readings, a sentence */
    CompiledStreamTable compile(String difference) {
        described.changing().ifPresent(changing -> {
            throw FreshetException.of(ErrorCode.VOLATILE_FUNCTION,
                    "the result of the query changes by itself, by " + changing + ", and no stream table can follow that")
                    .withHint("Remove it, or compute the value when the source row is written and store it in a column.");
        });
        List<Table> sources = sources().orElseThrow(() -> FreshetException.of(ErrorCode.UNSUPPORTED_SOURCE, difference)
                .withHint("Name only tables and views of your own schemas."));
        return compile(sources, new FullRefreshReason(OPERATOR, difference, Optional.empty(), Optional.empty()));
    }

    private CompiledStreamTable compile(List<Table> sources, FullRefreshReason reason) {
        List<String> names = described.columns().stream().map(OutputColumn::name).toList();
        StreamTableCompiler.refuseReservedNames(names);
        List<FullRefreshReason> reasons = new ArrayList<>(List.of(reason));
        reasons.addAll(PlannedSources.check(sources, catalog));
        if (definition.mode() == RefreshMode.DIFFERENTIAL) {
            throw StreamTableCompiler.notDifferentiable(reasons);
        }
        Home home = new HomeFinder(catalog, definition.output(), sources)
                .forFullRefresh(described.columns());
        Workshop workshop = StreamTableCompiler.workshop(definition, home);
        List<StoredColumn> columns = described.columns().stream().map(c -> StoredColumn.of(c.name(), type(c))).toList();
        return new Compiled(definition, new Compiled.Query(columns, sources, List.of(), true),
                new Compiled.Kept(workshop, new FullRefresh(workshop, columns, FullRefresh.Sources.of(sources)),
                        definition.mode() == RefreshMode.FULL ? List.of() : reasons));
    }

    /** Empty when one is a relation that is no possible source. */
    private Optional<List<Table>> sources() {
        List<Table> sources = new ArrayList<>();
        for (TableName name : described.tables().stream().sorted().toList()) {
            Optional<Table> table = catalog.table(name);
            if (table.isEmpty()) {
                return Optional.empty();
            }
            sources.add(table.get());
        }
        return Optional.of(sources);
    }

    private PgType type(OutputColumn column) {
        return catalog.objects().types().resolve(QueryParser.parseType(column.type()), List.of())
                .orElseThrow(() -> FreshetException.of(ErrorCode.UNDEFINED_TYPE,
                        "the type " + column.type() + " of column \"" + column.name() + "\" was not there a moment ago")
                        .withHint("Try again."));
    }
}
