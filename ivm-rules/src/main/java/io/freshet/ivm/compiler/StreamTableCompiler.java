package io.freshet.ivm.compiler;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.QueryDescription;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.analysis.QueryShape;
import io.freshet.ivm.analysis.ShapeFinder;
import io.freshet.ivm.analysis.Spread;
import io.freshet.ivm.analysis.SpreadFinder;
import io.freshet.ivm.program.FullRefresh;
import io.freshet.ivm.program.Gathering;
import io.freshet.ivm.program.Home;
import io.freshet.ivm.program.Maintenance;
import io.freshet.ivm.program.PlanText;
import io.freshet.ivm.program.UserQuery;
import io.freshet.ivm.program.Workshop;
import io.freshet.parser.depth.DeepStack;
import io.freshet.planner.OutputColumn;
import io.freshet.planner.PlannedQuery;
import io.freshet.planner.QueryPlanner;
import io.freshet.planner.SyntaxPart;
import io.freshet.planner.analyze.ChangingFunction;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexNode;

/** Compiles stream tables against one catalog. Pure, and safe for concurrent use. */
public final class StreamTableCompiler {
    private static final String RESERVED = "__pgt_";

    private final Catalog catalog;
    private final QueryPlanner planner;

    private StreamTableCompiler(Catalog catalog) {
        this.catalog = catalog;
        this.planner = QueryPlanner.over(catalog);
    }

    public static StreamTableCompiler over(Catalog catalog) {
        return new StreamTableCompiler(catalog);
    }

    /**
     * Compiles by Freshet's own reading of the query.
     *
     * @throws FreshetException for a query that PostgreSQL would refuse; VOLATILE_FUNCTION; UNSUPPORTED_SOURCE; DUPLICATE_OUTPUT_COLUMN;
     *             INVALID_DISTRIBUTION_COLUMN; NOT_DIFFERENTIABLE when the mode is DIFFERENTIAL and there are no programs for the query
     */
    public CompiledStreamTable compile(StreamTableDefinition definition) {
        return compile(definition, planner.plan(definition.query()));
    }

    /**
     * Compiles a query that the server understands. What Freshet does not read, or reads otherwise, is refreshed in full from its text.
     *
     * @param described what the server says of the definition's query
     * @throws FreshetException as {@link #compile(StreamTableDefinition)}
     */
    public CompiledStreamTable compile(StreamTableDefinition definition, QueryDescription described) {
        DescribedQuery asDescribed = new DescribedQuery(catalog, definition, described);
        PlannedQuery query;
        try {
            query = planner.plan(definition.query());
        } catch (FreshetException notRead) {
            return asDescribed.compile(notRead);
        }
        query.refuseVolatileFunctions();
        Optional<String> difference = described.changing().or(() -> described.differenceFrom(query));
        return difference.isPresent() ? asDescribed.compile(difference.get()) : compile(definition, query);
    }

    private CompiledStreamTable compile(StreamTableDefinition definition, PlannedQuery query) {
        return DeepStack.call(() -> onDeepStack(definition, query));
    }

    private CompiledStreamTable onDeepStack(StreamTableDefinition definition, PlannedQuery query) {
        query.refuseVolatileFunctions();
        query.refuseDuplicateColumns();
        refuseReservedNames(names(query));
        List<FullRefreshReason> reasons = new ArrayList<>(PlannedSources.check(query.tables(), catalog));
        return switch (definition.mode()) {
            case FULL -> full(definition, query, List.of());
            case AUTO -> differential(definition, query, reasons).orElseGet(() -> full(definition, query, reasons));
            case DIFFERENTIAL -> differential(definition, query, reasons).orElseThrow(() -> notDifferentiable(reasons));
        };
    }

    /** The table with its programs, or empty with {@code reasons} filled. */
    private Optional<CompiledStreamTable> differential(StreamTableDefinition definition, PlannedQuery query,
            List<FullRefreshReason> reasons) {
        query.changingFunctions().stream().map(StreamTableCompiler::reasonFor).distinct().forEach(reasons::add);
        ShapeFinder.Finding found = ShapeFinder.find(named(query), query::position);
        reasons.addAll(found.reasons());
        if (found.shape().isEmpty() || !reasons.isEmpty()) {
            return Optional.empty();
        }
        QueryShape shape = found.shape().get();
        SpreadFinder.Finding spread = SpreadFinder.find(shape.linearPart(), PlannedSources::placementOf,
                query.position(SyntaxPart.UNION));
        reasons.addAll(spread.reasons());
        HomeFinder homes = new HomeFinder(catalog, definition.output(), query.tables());
        if (spread.spread() instanceof Spread.Scattered && reasons.isEmpty()) {
            reasons.addAll(MovingJoins.reasonsAgainst(shape.linearPart()));
        }
        homes.whyNoPrograms(shape, spread.spread(), query.columns()).ifPresent(reasons::add);
        if (!reasons.isEmpty()) {
            return Optional.empty();
        }
        return differential(definition, query, new Found(shape, spread.spread(), homes), reasons);
    }

    /** What is known of a query that there may be programs for. */
    private record Found(QueryShape shape, Spread spread, HomeFinder homes) {
    }

    private static Optional<CompiledStreamTable> differential(StreamTableDefinition definition, PlannedQuery query, Found found,
            List<FullRefreshReason> reasons) {
        QueryShape shape = found.shape();
        List<Table> mirrored = PlannedSources.mirrored(query.tables(), definition.output());
        mirrored.stream().flatMap(PlannedSources::whyNoMirror).forEach(reasons::add);
        if (found.spread() instanceof Spread.Scattered && !mirrored.isEmpty()) {
            reasons.add(PlannedSources.mirrorsDoNotMove(mirrored));
        }
        if (!reasons.isEmpty()) {
            return Optional.empty();
        }
        Home home = found.homes().forPrograms(shape, found.spread());
        Workshop workshop = found.spread() instanceof Spread.Scattered
                ? MovingJoins.workshop(definition, shape, home)
                : mirrored.isEmpty() ? workshop(definition, home) : overMirrors(definition, home, query, mirrored);
        MaintenanceChoice choice = new MaintenanceChoice(workshop, query, reasons);
        return choice.of(shape)
                .map(maintenance -> new Compiled(definition, Compiled.Query.of(query, mirrored),
                        new Compiled.Kept(workshop, maintenance, List.of())));
    }

    private CompiledStreamTable full(StreamTableDefinition definition, PlannedQuery query,
            List<FullRefreshReason> reasons) {
        Home home = new HomeFinder(catalog, definition.output(), query.tables()).forFullRefresh(query.columns());
        Workshop workshop = workshop(definition, home);
        Maintenance refresh = new FullRefresh(workshop, MaintenanceChoice.columns(query),
                FullRefresh.Sources.of(query.tables()));
        return new Compiled(definition, Compiled.Query.of(query, List.of()), new Compiled.Kept(workshop, refresh, reasons));
    }

    /** The plan with the output columns' names: a projection that only renames may have gone. */
    private static RelNode named(PlannedQuery query) {
        RelNode plan = query.normalised();
        if (plan.getRowType().getFieldNames().equals(names(query))) {
            return plan;
        }
        List<RexNode> columns = plan.getRowType().getFieldList().stream()
                .map(field -> (RexNode) plan.getCluster().getRexBuilder().makeInputRef(field.getType(), field.getIndex()))
                .toList();
        return LogicalProject.create(plan, List.of(), columns, names(query), Set.of());
    }

    /** The tables are named in the user's text, so the query is written from its plan. */
    private static Workshop overMirrors(StreamTableDefinition definition, Home home, PlannedQuery query, List<Table> mirrored) {
        PlanText text = new PlanText(mirrored.stream().map(Table::name).collect(Collectors.toSet()));
        return new Workshop(definition.name(), new UserQuery(text.of(query.raw())), text, home,
                new Gathering.InPlace());
    }

    static Workshop workshop(StreamTableDefinition definition, Home home) {
        return new Workshop(definition.name(), new UserQuery(definition.query()), new PlanText(Set.of()), home,
                new Gathering.InPlace());
    }

    private static List<String> names(PlannedQuery query) {
        return query.columns().stream().map(OutputColumn::name).toList();
    }

    private static FullRefreshReason reasonFor(ChangingFunction function) {
        return new FullRefreshReason("STABLE function " + function.name(),
                function.name()
                        + " depends on more than its arguments (the time, a setting or other tables), so rows can change without a change"
                        + " of their sources.",
                Optional.of("Write it in the query that reads the stream table, or store its value in a source."),
                function.position());
    }

    static FreshetException notDifferentiable(List<FullRefreshReason> reasons) {
        FullRefreshReason first = reasons.getFirst();
        FreshetException error = FreshetException.of(ErrorCode.NOT_DIFFERENTIABLE, first.operator() + ": " + first.message());
        FreshetException hinted = first.hint().map(error::withHint).orElse(error);
        return first.position().map(hinted::at).orElse(hinted);
    }

    static void refuseReservedNames(List<String> columns) {
        columns.stream().filter(name -> name.startsWith(RESERVED)).findFirst().ifPresent(name -> {
            throw FreshetException
                    .of(ErrorCode.INVALID_QUERY, "the output column \"" + name + "\" has a name that Freshet's own columns have")
                    .withHint("Give it another name with AS; names that begin with " + RESERVED + " are reserved.");
        });
    }
}
