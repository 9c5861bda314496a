package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.QueryParser;
import io.freshet.planner.analyze.Binder.Place;
import io.freshet.planner.analyze.Binder.Scope;
import io.freshet.planner.analyze.Relations.NamedTable;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.Column;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.types.PgType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.volcano.VolcanoPlanner;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.validate.SqlValidatorUtil;

/** Analyses one query; make a new one for each. */
public final class QueryAnalyzer {
    private final Catalog catalog;
    private final Rex rex;
    private final RelOptCluster cluster;
    private final FunctionLog functions = new FunctionLog();
    private final Map<TableName, Table> baseTables = new LinkedHashMap<>();

    public QueryAnalyzer(Catalog catalog) {
        this.catalog = catalog;
        this.rex = new Rex(new PgTypeFactory(catalog.objects()), catalog.objects());
        this.cluster = RelOptCluster.create(new VolcanoPlanner(), rex);
    }

    /**
     * @throws FreshetException for what PostgreSQL would refuse or what is not supported, with the position in {@code sql}
     */
    public AnalyzedQuery analyze(String sql) {
        Environment environment = new Environment(catalog, rex, Positions.in(sql), functions);
        Binder binder = new Binder(environment);
        try {
            SqlNode bound = binder.query(QueryParser.parse(sql).node(), Scope.EMPTY, Place.QUERY);
            RelRoot root = convert(environment, binder, bound, Set.of());
            return new AnalyzedQuery(bound, project(root), root.validatedRowType.getFieldNames(),
                    List.copyOf(baseTables.values()),
                    functions.uses());
        } catch (RuntimeException | AssertionError e) {
            throw new Failures(environment, binder.relations()).translate(e);
        }
    }

    private RelRoot convert(Environment environment, Binder binder, SqlNode bound, Set<TableName> openViews) {
        List<NamedTable> tables = binder.relations().tables();
        tables.stream().map(NamedTable::table).filter(t -> t.kind() != Table.Kind.VIEW)
                .forEach(t -> baseTables.putIfAbsent(t.name(), t));
        PgCatalogReader reader = new PgCatalogReader(environment, tables, v -> expand(environment, v, openViews));
        PgValidator validator = new PgValidator(environment, reader);
        SqlNode validated = validator.validate(bound);
        PgConverter converter = new PgConverter(environment, validator, cluster);
        RelRoot root = converter.convertQuery(validated, false, true);
        return root.withRel(converter.finish(root.rel));
    }

    private RelNode expand(Environment outer, NamedTable view, Set<TableName> openViews) {
        TableName name = view.table().name();
        Positions positions = Positions.always(outer.positions().of(view.pos()));
        if (openViews.contains(name)) {
            throw positions.locate(FreshetException.of(ErrorCode.INVALID_QUERY, "view " + name + " reads itself"), view.pos());
        }
        Set<TableName> open = new HashSet<>(openViews);
        open.add(name);
        Environment environment = new Environment(catalog, rex, positions, functions);
        Binder binder = new Binder(environment);
        try {
            SqlNode tree = QueryParser.parse(view.table().viewDefinition().orElseThrow()).node();
            SqlNode bound = binder.query(tree, Scope.EMPTY, Place.QUERY);
            return columnsOf(view.table(), project(convert(environment, binder, bound, open)), environment);
        } catch (RuntimeException | AssertionError e) {
            FreshetException cause = new Failures(environment, binder.relations()).translate(e);
            throw positions.locate(
                    FreshetException.of(cause.code(), "in view " + name + ": " + cause.getMessage()).causedBy(cause), view.pos());
        }
    }

    /** A view's columns have the names and types it was made with. */
    private RelNode columnsOf(Table view, RelNode plan, Environment environment) {
        List<RexNode> columns = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < view.columns().size(); i++) {
            Column column = view.columns().get(i);
            PgType type = environment.type(QueryParser.parseType(column.type()));
            columns.add(rex.as(rex.makeInputRef(plan, i), type));
            names.add(column.name());
        }
        return LogicalProject.create(plan, List.of(), columns, names, Set.of());
    }

    /** The plan with exactly the output columns: ORDER BY can have added others. */
    private RelNode project(RelRoot root) {
        List<String> names = SqlValidatorUtil.uniquify(root.validatedRowType.getFieldNames(), true);
        boolean exact = root.rel.getRowType().getFieldNames().equals(names);
        if (exact) {
            return root.rel;
        }
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            columns.add(rex.makeInputRef(root.rel, i));
        }
        return LogicalProject.create(root.rel, List.of(), columns, names, Set.of());
    }
}
