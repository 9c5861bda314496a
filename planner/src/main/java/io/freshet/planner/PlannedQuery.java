package io.freshet.planner;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.planner.analyze.AnalyzedQuery;
import io.freshet.planner.analyze.ChangingFunction;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.functions.Volatility;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataTypeField;

/** A query's plans and what is known of it. Immutable. */
public final class PlannedQuery {
    private final String sql;
    private final AnalyzedQuery analyzed;
    private final RelNode normalised;

    PlannedQuery(String sql, AnalyzedQuery analyzed, RelNode normalised) {
        this.sql = sql;
        this.analyzed = analyzed;
        this.normalised = normalised;
    }

    /** The user's text. */
    public String sql() {
        return sql;
    }

    /** The plan as converted: sub-queries are {@code RexSubQuery}s, nothing is rewritten. Its row type has the output columns' names. */
    public RelNode raw() {
        return analyzed.plan();
    }

    /** The plan that delta rules are written for. Its row type has the output columns' names (made unique where two are equal). */
    public RelNode normalised() {
        return normalised;
    }

    /** The output columns; two can have one name. */
    public List<OutputColumn> columns() {
        List<OutputColumn> columns = new ArrayList<>();
        List<RelDataTypeField> fields = raw().getRowType().getFieldList();
        for (int i = 0; i < fields.size(); i++) {
            columns.add(new OutputColumn(analyzed.columnNames().get(i), PgTypes.text(fields.get(i).getType()),
                    fields.get(i).getType().isNullable()));
        }
        return columns;
    }

    /** The base tables that are read, views expanded, in the order in which they are named first. */
    public List<Table> tables() {
        return analyzed.tables();
    }

    /** What the query calls that is STABLE or VOLATILE: functions, and operators and casts by their symbols. */
    public List<ChangingFunction> changingFunctions() {
        return analyzed.functions();
    }

    /** @throws FreshetException VOLATILE_FUNCTION when the query calls one */
    public void refuseVolatileFunctions() {
        changingFunctions().stream().filter(f -> f.volatility() == Volatility.VOLATILE).findFirst().ifPresent(f -> {
            FreshetException error = FreshetException.of(ErrorCode.VOLATILE_FUNCTION,
                    "function " + f.name() + " is volatile: its result changes by itself, and no stream table can follow that")
                    .withHint("Remove the call, or compute the value when the source row is written and store it in a column.");
            throw f.position().map(error::at).orElse(error);
        });
    }

    /** @throws FreshetException DUPLICATE_OUTPUT_COLUMN when two output columns have one name, which a table's cannot */
    public void refuseDuplicateColumns() {
        Set<String> seen = new HashSet<>();
        for (String name : analyzed.columnNames()) {
            if (!seen.add(name)) {
                throw duplicate(name);
            }
        }
    }

    private FreshetException duplicate(String name) {
        FreshetException error = FreshetException
                .of(ErrorCode.DUPLICATE_OUTPUT_COLUMN, "column \"" + name + "\" specified more than once")
                .withHint("Give each output column its own name with AS.");
        return position(SyntaxPart.SELECT_LIST).map(error::at).orElse(error);
    }

    /** Where the first part of this kind stands in the user's text; empty when there is none there. */
    public Optional<SourcePosition> position(SyntaxPart part) {
        return new SyntaxFinder(analyzed.tree()).first(part).map(p -> SourcePosition.of(sql, p.getLineNum(), p.getColumnNum()));
    }
}
