package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.parser.ast.OperatorName;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.grammar.PostgresParser.AnyOperatorContext;
import io.freshet.parser.grammar.PostgresParser.CommonTableContext;
import io.freshet.parser.grammar.PostgresParser.CubeContext;
import io.freshet.parser.grammar.PostgresParser.EmptyGroupingContext;
import io.freshet.parser.grammar.PostgresParser.ExprContext;
import io.freshet.parser.grammar.PostgresParser.ExprGroupingContext;
import io.freshet.parser.grammar.PostgresParser.GroupByClauseContext;
import io.freshet.parser.grammar.PostgresParser.GroupingItemContext;
import io.freshet.parser.grammar.PostgresParser.GroupingSetsContext;
import io.freshet.parser.grammar.PostgresParser.KeywordQueryContext;
import io.freshet.parser.grammar.PostgresParser.KeywordTermContext;
import io.freshet.parser.grammar.PostgresParser.QueryContext;
import io.freshet.parser.grammar.PostgresParser.QueryTailContext;
import io.freshet.parser.grammar.PostgresParser.QueryTermContext;
import io.freshet.parser.grammar.PostgresParser.RollupContext;
import io.freshet.parser.grammar.PostgresParser.SelectItemContext;
import io.freshet.parser.grammar.PostgresParser.SelectQuantifierContext;
import io.freshet.parser.grammar.PostgresParser.SelectTermContext;
import io.freshet.parser.grammar.PostgresParser.SetOperationContext;
import io.freshet.parser.grammar.PostgresParser.SortItemContext;
import io.freshet.parser.grammar.PostgresParser.SortItemsContext;
import io.freshet.parser.grammar.PostgresParser.TableTermContext;
import io.freshet.parser.grammar.PostgresParser.ValuesTermContext;
import io.freshet.parser.grammar.PostgresParser.WithClauseContext;
import io.freshet.parser.text.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** SELECT, VALUES, TABLE, WITH and set operations. */
final class Queries {
    private final TreeBuilder tree;
    private final Source source;
    private final QueryOptions options;

    Queries(TreeBuilder tree) {
        this.tree = tree;
        this.source = tree.source;
        this.options = new QueryOptions(tree);
    }

    SqlNode query(QueryContext rule) {
        if (rule.keywordQuery() != null) {
            return keywordQuery(rule.keywordQuery());
        }
        return options.apply(setOperations(query(rule.parenthesizedQuery().query()), rule.setOperation()), rule.queryOption());
    }

    SqlNode keywordQuery(KeywordQueryContext rule) {
        SqlNode first = rule.queryTerm() != null ? term(rule.queryTerm()) : term(rule.keywordTerm());
        SqlNode body = setOperations(first, rule.setOperation());
        if (rule.withClause() == null) {
            return options.apply(body, rule.queryOption());
        }
        if (body instanceof SqlWith || body instanceof SqlOrderBy ordered && ordered.query instanceof SqlWith) {
            throw source.error(ErrorCode.SYNTAX_ERROR, rule.queryTerm().getStart(), "multiple WITH clauses not allowed");
        }
        SqlParserPos pos = rule.queryOption().isEmpty()
                ? source.pos(rule)
                : source.pos(rule.withClause()).plus(body.getParserPosition());
        return options.apply(new SqlWith(pos, with(rule.withClause()), body), rule.queryOption());
    }

    /**
     * What stands in parentheses, when it is a query: one that begins with a keyword, or a parenthesized one with something after it.
     * Empty when it is an expression, or several.
     */
    Optional<SqlNode> parenthesized(@Nullable KeywordQueryContext query, List<ExprContext> expressions,
            @Nullable QueryTailContext tail) {
        if (query != null) {
            return Optional.of(keywordQuery(query));
        }
        boolean isQuery = expressions.size() == 1 && Primaries.isQuery(expressions.getFirst());
        if (tail == null) {
            return isQuery ? Optional.of(tree.expression(expressions.getFirst())) : Optional.empty();
        }
        if (!isQuery) {
            throw source.syntaxError(tail.getStart());
        }
        return Optional.of(tail(tree.expression(expressions.getFirst()), tail));
    }

    SqlNode tail(SqlNode first, QueryTailContext rule) {
        return options.apply(setOperations(first, rule.setOperation()), rule.queryOption());
    }

    /** INTERSECT binds tighter than UNION and EXCEPT, which associate to the left. */
    private SqlNode setOperations(SqlNode first, List<SetOperationContext> operations) {
        List<SqlNode> terms = new ArrayList<>(List.of(first));
        List<SqlOperator> between = new ArrayList<>();
        for (SetOperationContext operation : operations) {
            SqlNode right = term(operation.queryTerm());
            SqlOperator operator = operator(operation);
            if (operation.INTERSECT() != null) {
                terms.add(binary(operator, terms.removeLast(), right));
            } else {
                terms.add(right);
                between.add(operator);
            }
        }
        SqlNode result = terms.getFirst();
        for (int i = 0; i < between.size(); i++) {
            result = binary(between.get(i), result, terms.get(i + 1));
        }
        return result;
    }

    private static SqlNode binary(SqlOperator operator, SqlNode left, SqlNode right) {
        return operator.createCall(left.getParserPosition().plus(right.getParserPosition()), left, right);
    }

    private static SqlOperator operator(SetOperationContext rule) {
        boolean all = rule.ALL() != null;
        if (rule.UNION() != null) {
            return all ? SqlStdOperatorTable.UNION_ALL : SqlStdOperatorTable.UNION;
        }
        if (rule.INTERSECT() != null) {
            return all ? SqlStdOperatorTable.INTERSECT_ALL : SqlStdOperatorTable.INTERSECT;
        }
        return all ? SqlStdOperatorTable.EXCEPT_ALL : SqlStdOperatorTable.EXCEPT;
    }

    private SqlNode term(QueryTermContext rule) {
        return rule.keywordTerm() != null ? term(rule.keywordTerm()) : query(rule.parenthesizedQuery().query());
    }

    private SqlNode term(KeywordTermContext rule) {
        SqlParserPos pos = source.pos(rule);
        return switch (rule) {
            case SelectTermContext s -> select(s);
            case ValuesTermContext v -> SqlStdOperatorTable.VALUES.createCall(pos, v.valuesRow().stream()
                    .<SqlNode>map(r -> SqlStdOperatorTable.ROW.createCall(source.pos(r), tree.expressions.list(r.exprs())))
                    .toList());
            case TableTermContext t -> new SqlSelect(pos, null, SqlNodeList.of(SqlIdentifier.star(pos)),
                    tree.fromItems.relation(t.relation()), null, null, null, null, null, null, null, null, null);
            default -> throw new IllegalStateException("not a query: " + rule.getClass());
        };
    }

    private SqlNode select(SelectTermContext rule) {
        if (rule.intoClause() != null) {
            throw source.unsupported(rule.intoClause().getStart(), "SELECT INTO");
        }
        if (rule.selectList() == null) {
            if (rule.selectQuantifier() != null && rule.selectQuantifier().DISTINCT() != null) {
                throw source.syntaxError(source.after(rule.selectQuantifier().getStop()));
            }
            throw source.unsupported(rule.getStart(), "SELECT without columns");
        }
        SqlNodeList keywords = new SqlNodeList(source.pos(rule));
        SqlNode distinctOn = null;
        SelectQuantifierContext quantifier = rule.selectQuantifier();
        if (quantifier != null && quantifier.ON() != null) {
            distinctOn = PgOperators.DISTINCT_ON.createCall(source.pos(quantifier), tree.expressions.list(quantifier.exprs()));
        } else if (quantifier != null && quantifier.DISTINCT() != null) {
            keywords.add(SqlSelectKeyword.DISTINCT.symbol(source.pos(quantifier)));
        }
        SqlNodeList items = new SqlNodeList(rule.selectList().selectItem().stream().map(this::item).toList(),
                source.pos(rule.selectList()));
        return new SqlSelect(source.pos(rule), keywords, items,
                rule.fromClause() == null ? null : tree.fromItems.from(rule.fromClause()),
                rule.whereClause() == null ? null : tree.expression(rule.whereClause().expr()),
                rule.groupByClause() == null ? null : groupBy(rule.groupByClause()),
                rule.havingClause() == null ? null : tree.expression(rule.havingClause().expr()),
                rule.windowClause() == null ? null : tree.windows.declarations(rule.windowClause()), distinctOn, null, null, null,
                null);
    }

    private SqlNode item(SelectItemContext rule) {
        if (rule.Star() != null) {
            return SqlIdentifier.star(source.pos(rule));
        }
        SqlNode value = tree.expression(rule.expr());
        if (rule.label() == null && rule.bareLabel() == null) {
            return value;
        }
        SqlIdentifier alias = tree.names.identifier(rule.label() != null ? rule.label() : rule.bareLabel());
        return SqlStdOperatorTable.AS.createCall(source.pos(rule), value, alias);
    }

    private SqlNodeList groupBy(GroupByClauseContext rule) {
        if (rule.DISTINCT() != null) {
            throw source.unsupported(rule.DISTINCT().getSymbol(), "GROUP BY DISTINCT");
        }
        return groupingItems(rule.groupingItem(), source.pos(rule));
    }

    private SqlNodeList groupingItems(List<GroupingItemContext> rules, SqlParserPos pos) {
        return new SqlNodeList(rules.stream().map(this::groupingItem).toList(), pos);
    }

    private SqlNode groupingItem(GroupingItemContext rule) {
        SqlParserPos pos = source.pos(rule);
        return switch (rule) {
            case EmptyGroupingContext ignored -> new SqlNodeList(pos);
            case RollupContext r -> SqlStdOperatorTable.ROLLUP.createCall(pos, tree.expressions.list(r.exprs()));
            case CubeContext c -> SqlStdOperatorTable.CUBE.createCall(pos, tree.expressions.list(c.exprs()));
            case GroupingSetsContext g -> SqlStdOperatorTable.GROUPING_SETS.createCall(groupingItems(g.groupingItem(), pos));
            case ExprGroupingContext e -> tree.expression(e.expr());
            default -> throw new IllegalStateException("not a grouping: " + rule.getClass());
        };
    }

    SqlNodeList sortItems(SortItemsContext rule) {
        return new SqlNodeList(rule.sortItem().stream().map(this::sortItem).toList(), source.pos(rule));
    }

    private SqlNode sortItem(SortItemContext rule) {
        SqlParserPos pos = source.pos(rule);
        SqlNode item = tree.expression(rule.expr());
        if (rule.DESC() != null || rule.USING() != null && isDescending(rule.anyOperator())) {
            item = SqlStdOperatorTable.DESC.createCall(pos, item);
        }
        if (rule.NULLS() == null) {
            return item;
        }
        return (rule.FIRST() != null ? SqlStdOperatorTable.NULLS_FIRST : SqlStdOperatorTable.NULLS_LAST).createCall(pos, item);
    }

    /** ORDER BY .. USING is the usual order when its operator is the usual one of the type. */
    private boolean isDescending(AnyOperatorContext rule) {
        OperatorName name = tree.operators.name(rule);
        if (!name.equals(OperatorName.of("<")) && !name.equals(OperatorName.of(">"))) {
            throw source.unsupported(rule.getStart(), "ORDER BY .. USING " + name);
        }
        return name.symbol().equals(">");
    }

    private SqlNodeList with(WithClauseContext rule) {
        SqlLiteral recursive = SqlLiteral.createBoolean(rule.RECURSIVE() != null, source.pos(rule));
        return new SqlNodeList(rule.commonTable().stream().map(c -> commonTable(c, recursive)).toList(), source.pos(rule));
    }

    private SqlNode commonTable(CommonTableContext rule, SqlLiteral recursive) {
        TerminalNode beyond = rule.searchClause() != null
                ? rule.searchClause().SEARCH()
                : rule.cycleClause() != null ? rule.cycleClause().CYCLE() : null;
        if (beyond != null) {
            throw source.unsupported(beyond.getSymbol(), beyond.getText().toUpperCase(Locale.ROOT) + " of a WITH query");
        }
        if (rule.query() == null) {
            throw source.error(ErrorCode.UNSUPPORTED_SYNTAX, rule.getStart(), "a WITH query must be a SELECT");
        }
        return new SqlWithItem(source.pos(rule), tree.names.identifier(rule.name()),
                rule.names() == null ? null : tree.names.nodeList(rule.names()), tree.query(rule.query()), recursive);
    }
}
