package io.freshet.planner;

import io.freshet.errors.FreshetException;
import io.freshet.parser.depth.DeepStack;
import io.freshet.planner.analyze.AnalyzedQuery;
import io.freshet.planner.analyze.QueryAnalyzer;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.normalise.Normaliser;

/** Plans queries against one catalog. Safe for concurrent use. */
public final class QueryPlanner {
    private final Catalog catalog;

    private QueryPlanner(Catalog catalog) {
        this.catalog = catalog;
    }

    public static QueryPlanner over(Catalog catalog) {
        return new QueryPlanner(catalog);
    }

    /**
     * @param sql one SELECT, VALUES, TABLE or WITH query
     * @throws FreshetException when PostgreSQL would refuse the query, or for what is not supported; with the position in {@code sql}
     */
    public PlannedQuery plan(String sql) {
        return DeepStack.call(() -> {
            AnalyzedQuery analyzed = new QueryAnalyzer(catalog).analyze(sql);
            return new PlannedQuery(sql, analyzed, Normaliser.normalise(analyzed.plan()));
        });
    }
}
