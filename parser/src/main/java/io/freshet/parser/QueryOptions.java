package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.grammar.PostgresParser.FetchCountContext;
import io.freshet.parser.grammar.PostgresParser.FetchOptionContext;
import io.freshet.parser.grammar.PostgresParser.LimitOptionContext;
import io.freshet.parser.grammar.PostgresParser.LockingOptionContext;
import io.freshet.parser.grammar.PostgresParser.OffsetOptionContext;
import io.freshet.parser.grammar.PostgresParser.OrderOptionContext;
import io.freshet.parser.grammar.PostgresParser.QueryOptionContext;
import io.freshet.parser.text.Source;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** ORDER BY, LIMIT, OFFSET and FETCH after a query. */
final class QueryOptions {
    private final TreeBuilder tree;
    private final Source source;

    QueryOptions(TreeBuilder tree) {
        this.tree = tree;
        this.source = tree.source;
    }

    SqlNode apply(SqlNode query, List<QueryOptionContext> rules) {
        if (rules.isEmpty()) {
            return query;
        }
        // "(SELECT .. ORDER BY a) LIMIT 1" is one query with both clauses.
        SqlOrderBy inner = query instanceof SqlOrderBy ordered ? ordered : null;
        SqlNodeList order = inner == null || inner.orderList.isEmpty() ? null : inner.orderList;
        SqlNode offset = inner == null ? null : inner.offset;
        SqlNode fetch = inner == null ? null : inner.fetch;
        Token tail = null;
        for (QueryOptionContext rule : rules) {
            switch (rule) {
                case OrderOptionContext o -> {
                    if (tail != null) {
                        throw source.syntaxError(o.getStart());
                    }
                    refuseSecond(order, o, "ORDER BY");
                    order = tree.queries.sortItems(o.sortItems());
                }
                case LimitOptionContext l -> {
                    refuseSecond(fetch, l, "LIMIT");
                    tail = l.getStart();
                    fetch = l.ALL() != null ? null : limit(tree.expression(l.expr()));
                }
                case FetchOptionContext f -> {
                    refuseSecond(fetch, f, "LIMIT");
                    tail = f.getStart();
                    fetch = fetch(f);
                }
                case OffsetOptionContext o -> {
                    refuseSecond(offset, o, "OFFSET");
                    tail = o.getStart();
                    offset = tree.expression(o.expr());
                }
                case LockingOptionContext l ->
                    throw source.unsupported(l.getStart(), l.UPDATE() != null ? "FOR UPDATE" : "FOR SHARE");
                default -> throw new IllegalStateException("not an option of a query: " + rule.getClass());
            }
        }
        if (order == null && fetch instanceof SqlCall call && call.getOperator() == PgOperators.WITH_TIES) {
            throw source.error(ErrorCode.SYNTAX_ERROR, rules.getLast().getStart(),
                    "WITH TIES cannot be specified without ORDER BY clause");
        }
        SqlNode sorted = inner == null ? query : inner.query;
        if (order == null && offset == null && fetch == null) {
            return sorted;
        }
        SqlParserPos pos = query.getParserPosition().plus(source.pos(rules.getLast()));
        return new SqlOrderBy(pos, sorted, order == null ? new SqlNodeList(pos) : order, offset, fetch);
    }

    private void refuseSecond(@Nullable SqlNode given, ParserRuleContext rule, String what) {
        if (given != null) {
            throw source.error(ErrorCode.SYNTAX_ERROR, rule.getStart(), "multiple " + what + " clauses not allowed");
        }
    }

    private static @Nullable SqlNode limit(SqlNode count) {
        return count instanceof SqlLiteral literal && literal.getTypeName() == SqlTypeName.NULL ? null : count;
    }

    private SqlNode fetch(FetchOptionContext rule) {
        SqlParserPos pos = source.pos(rule);
        SqlNode count = rule.fetchCount() == null ? SqlLiteral.createExactNumeric("1", pos) : count(rule.fetchCount());
        return rule.TIES() == null ? count : PgOperators.WITH_TIES.createCall(pos, count);
    }

    private SqlNode count(FetchCountContext rule) {
        if (rule.primary() != null) {
            return tree.primaries.primary(rule.primary());
        }
        TerminalNode digits = rule.Integer() != null ? rule.Integer() : rule.Numeral();
        SqlNode number = SqlLiteral.createExactNumeric(digits.getText().replace("_", ""), source.pos(rule));
        return tree.operators.sign(rule.getStart(), number, source.pos(rule));
    }
}
