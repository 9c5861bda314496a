package io.freshet.planner.analyze;

import com.google.common.collect.ImmutableList;
import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.PgOperators;
import io.freshet.planner.analyze.PgValidator.ResolvedAggregate;
import io.freshet.planner.types.Oids;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.rex.RexWindowBounds;
import org.apache.calcite.rex.RexWindowExclusion;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

/** OVER: the frame is PostgreSQL's default where none is written. */
final class WindowConverter {
    private final Environment environment;
    private final PgValidator validator;
    private final Rex rex;
    private final FunctionCalls functions;

    WindowConverter(Environment environment, PgValidator validator) {
        this.environment = environment;
        this.validator = validator;
        this.rex = environment.rex();
        this.functions = new FunctionCalls(environment);
    }

    RexNode convert(SqlCall over, SqlValidatorScope scope, Function<SqlNode, RexNode> expression) {
        SqlCall call = over.operand(0);
        if (!(call.getOperator() instanceof AggregateOperator)) {
            throw unsupported(call.getOperator().getName() + " with OVER", over);
        }
        SqlWindow window = validator.resolveWindow(over.operand(1), scope);
        if (isGroups(window.getLowerBound()) || isGroups(window.getUpperBound())) {
            throw unsupported("a GROUPS frame", over);
        }
        ResolvedAggregate aggregate = validator.aggregate(call, scope);
        List<RexNode> arguments = new ArrayList<>();
        call.getOperandList().stream().filter(o -> !(o instanceof SqlIdentifier id && id.isStar())).map(expression)
                .forEach(arguments::add);
        List<RexNode> partition = window.getPartitionList().stream().map(expression).toList();
        ImmutableList<RexFieldCollation> order = window.getOrderList().stream().map(o -> order(o, expression))
                .collect(ImmutableList.toImmutableList());
        SqlLiteral quantifier = call.getFunctionQuantifier();
        boolean distinct = quantifier != null && quantifier.getValue() == SqlSelectKeyword.DISTINCT;
        return rex.makeOver(over.getParserPosition(), aggregate.type(), aggregate.operator(),
                functions.typed(aggregate.call(), arguments),
                partition, order,
                bound(window.getLowerBound(), SqlWindow.createUnboundedPreceding(over.getParserPosition()), expression),
                bound(window.getUpperBound(), SqlWindow.createCurrentRow(over.getParserPosition()), expression),
                RexWindowExclusion.create(window.getExclude()), window.isRows(), true, false, distinct, false);
    }

    private static boolean isGroups(@Nullable SqlNode bound) {
        return bound instanceof SqlCall call && call.getOperator().equals(PgOperators.GROUPS);
    }

    private RexWindowBound bound(@Nullable SqlNode written, SqlNode otherwise, Function<SqlNode, RexNode> expression) {
        SqlNode bound = written == null ? otherwise : written;
        RexNode offset = bound instanceof SqlCall call
                && (call.getKind() == SqlKind.PRECEDING || call.getKind() == SqlKind.FOLLOWING)
                        ? rex.call(call.getOperator(), rex.types().notNull(Oids.INT8), List.of(expression.apply(call.operand(0))))
                        : null;
        return RexWindowBounds.create(bound, offset);
    }

    private static RexFieldCollation order(SqlNode written, Function<SqlNode, RexNode> expression) {
        Set<SqlKind> directions = EnumSet.noneOf(SqlKind.class);
        SqlNode node = written;
        while (node.getKind() == SqlKind.DESCENDING || node.getKind() == SqlKind.NULLS_FIRST
                || node.getKind() == SqlKind.NULLS_LAST) {
            directions.add(node.getKind());
            node = ((SqlCall) node).operand(0);
        }
        boolean descending = directions.contains(SqlKind.DESCENDING);
        if (!directions.contains(SqlKind.NULLS_FIRST) && !directions.contains(SqlKind.NULLS_LAST)) {
            directions.add(descending ? SqlKind.NULLS_FIRST : SqlKind.NULLS_LAST);
        }
        return new RexFieldCollation(expression.apply(node), directions);
    }

    private FreshetException unsupported(String what, SqlNode node) {
        return environment.positions().locate(FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, what + " is not supported"),
                node.getParserPosition());
    }
}
