package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.analyze.AggregateOperator.Direction;
import io.freshet.planner.analyze.Binder.Scope;
import io.freshet.planner.analyze.ColumnNames.Visible;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlShuttle;

/**
 * A name that is a whole item of ORDER BY means an output column, one within an expression a column of FROM. Calcite takes both for
 * output columns, so the latter are qualified.
 */
final class OrderByNames {
    private final Environment environment;
    private final ColumnNames columns;

    OrderByNames(Environment environment, ColumnNames columns) {
        this.environment = environment;
        this.columns = columns;
    }

    SqlNodeList qualify(SqlNodeList order, SqlNode query, Scope scope) {
        if (!(query instanceof SqlSelect select) || select.getFrom() == null) {
            return order;
        }
        Set<String> outputs = new HashSet<>(columns.of(select, scope).orElse(List.of()));
        SqlNodeList qualified = new SqlNodeList(order.getParserPosition());
        for (SqlNode item : order) {
            qualified.add(
                    Direction.expression(item) instanceof SqlCall ? item.accept(new Qualifier(select, scope, outputs)) : item);
        }
        return qualified;
    }

    private final class Qualifier extends SqlShuttle {
        private final SqlSelect select;
        private final Scope scope;
        private final Set<String> outputs;

        Qualifier(SqlSelect select, Scope scope, Set<String> outputs) {
            this.select = select;
            this.scope = scope;
            this.outputs = outputs;
        }

        @Override
        public SqlNode visit(SqlCall call) {
            return call instanceof SqlSelect ? call : super.visit(call);
        }

        @Override
        public SqlNode visit(SqlIdentifier id) {
            if (!id.isSimple() || !outputs.contains(id.getSimple())) {
                return id;
            }
            Optional<List<Visible>> visible = columns.visible(select.getFrom(), scope);
            List<Visible> named = visible.orElse(List.of()).stream().filter(v -> v.name().equals(id.getSimple())).toList();
            if (visible.isEmpty() || named.size() > 1) {
                throw environment.positions().locate(FreshetException
                        .of(ErrorCode.AMBIGUOUS_NAME, "column reference \"" + id.getSimple() + "\" is ambiguous")
                        .withHint("Write it with its table's alias."), id.getParserPosition());
            }
            if (named.isEmpty()) {
                throw environment.positions().locate(FreshetException
                        .of(ErrorCode.UNDEFINED_COLUMN, "column \"" + id.getSimple() + "\" does not exist")
                        .withHint("An output column can be named in ORDER BY by itself only, not within an expression."),
                        id.getParserPosition());
            }
            return named.getFirst().reference().clone(id.getParserPosition());
        }
    }
}
