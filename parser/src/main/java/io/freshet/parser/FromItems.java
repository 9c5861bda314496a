package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.parser.ast.OutputName;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.grammar.PostgresParser.AliasContext;
import io.freshet.parser.grammar.PostgresParser.ColumnDefinitionContext;
import io.freshet.parser.grammar.PostgresParser.ColumnDefinitionsContext;
import io.freshet.parser.grammar.PostgresParser.CrossJoinContext;
import io.freshet.parser.grammar.PostgresParser.FromClauseContext;
import io.freshet.parser.grammar.PostgresParser.FromFunctionContext;
import io.freshet.parser.grammar.PostgresParser.FromItemContext;
import io.freshet.parser.grammar.PostgresParser.FromPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.FunctionAliasContext;
import io.freshet.parser.grammar.PostgresParser.FunctionFromContext;
import io.freshet.parser.grammar.PostgresParser.JoinConditionContext;
import io.freshet.parser.grammar.PostgresParser.JoinContext;
import io.freshet.parser.grammar.PostgresParser.JoinTypeContext;
import io.freshet.parser.grammar.PostgresParser.NaturalJoinContext;
import io.freshet.parser.grammar.PostgresParser.ParenthesizedFromContext;
import io.freshet.parser.grammar.PostgresParser.QualifiedJoinContext;
import io.freshet.parser.grammar.PostgresParser.QueryFromContext;
import io.freshet.parser.grammar.PostgresParser.RelationContext;
import io.freshet.parser.grammar.PostgresParser.RelationFromContext;
import io.freshet.parser.grammar.PostgresParser.RowsFromItemContext;
import io.freshet.parser.grammar.PostgresParser.UnsupportedFromContext;
import io.freshet.parser.text.Source;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** FROM: tables, joins, subqueries, functions. */
final class FromItems {
    private final TreeBuilder tree;
    private final Source source;

    FromItems(TreeBuilder tree) {
        this.tree = tree;
        this.source = tree.source;
    }

    SqlNode from(FromClauseContext rule) {
        SqlNode result = item(rule.fromItem(0));
        for (FromItemContext next : rule.fromItem().subList(1, rule.fromItem().size())) {
            result = join(result, JoinType.COMMA, item(next), null, source.pos(next));
        }
        return result;
    }

    private SqlNode item(FromItemContext rule) {
        SqlNode result = primary(rule.fromPrimary());
        for (JoinContext next : rule.join()) {
            result = join(result, next);
        }
        return result;
    }

    private SqlNode join(SqlNode left, JoinContext rule) {
        SqlParserPos pos = source.pos(rule);
        return switch (rule) {
            case CrossJoinContext c -> join(left, JoinType.CROSS, primary(c.fromPrimary()), null, pos);
            case NaturalJoinContext n ->
                new SqlJoin(left.getParserPosition().plus(pos), left, SqlLiteral.createBoolean(true, pos),
                        type(n.joinType()).symbol(pos), primary(n.fromPrimary()), JoinConditionType.NONE.symbol(pos), null);
            case QualifiedJoinContext q -> join(left, type(q.joinType()), item(q.fromItem()), q.joinCondition(), pos);
            default -> throw new IllegalStateException("not a join: " + rule.getClass());
        };
    }

    private SqlJoin join(SqlNode left, JoinType type, SqlNode right, @Nullable JoinConditionContext condition, SqlParserPos pos) {
        JoinConditionType kind = condition == null
                ? JoinConditionType.NONE
                : condition.ON() != null ? JoinConditionType.ON : JoinConditionType.USING;
        return new SqlJoin(left.getParserPosition().plus(pos), left, SqlLiteral.createBoolean(false, pos), type.symbol(pos),
                right,
                kind.symbol(pos), condition == null ? null : condition(condition));
    }

    private SqlNode condition(JoinConditionContext rule) {
        if (rule.ON() != null) {
            return tree.expression(rule.expr());
        }
        if (rule.AS() != null) {
            throw source.unsupported(rule.AS().getSymbol(), "an alias of JOIN .. USING");
        }
        return tree.names.nodeList(rule.names());
    }

    private static JoinType type(@Nullable JoinTypeContext rule) {
        if (rule == null || rule.INNER() != null) {
            return JoinType.INNER;
        }
        return rule.LEFT() != null ? JoinType.LEFT : rule.RIGHT() != null ? JoinType.RIGHT : JoinType.FULL;
    }

    private SqlNode primary(FromPrimaryContext rule) {
        return switch (rule) {
            case RelationFromContext r -> {
                if (r.sample() != null) {
                    throw source.unsupported(r.sample().getStart(), "TABLESAMPLE");
                }
                yield aliased(relation(r.relation()), r.alias(), r);
            }
            case FunctionFromContext f -> function(f);
            case UnsupportedFromContext u -> throw tree.functions.unsupported(u.unsupportedCall());
            case QueryFromContext q -> {
                SqlNode query = tree.queries.keywordQuery(q.keywordQuery());
                yield aliased(q.LATERAL() == null ? query : lateral(query, q), q.alias(), q);
            }
            case ParenthesizedFromContext p -> parenthesized(p);
            default -> throw new IllegalStateException("not a FROM item: " + rule.getClass());
        };
    }

    SqlIdentifier relation(RelationContext rule) {
        if (rule.ONLY() != null) {
            throw source.unsupported(rule.ONLY().getSymbol(), "ONLY");
        }
        return tree.names.qualified(rule.qualifiedName());
    }

    private SqlNode parenthesized(ParenthesizedFromContext rule) {
        FromItemContext inner = rule.fromItem();
        if (rule.queryTail() != null || isQuery(inner)) {
            if (!isQuery(inner)) {
                throw source.syntaxError(rule.queryTail().getStart());
            }
            SqlNode query = item(inner);
            SqlNode whole = rule.queryTail() == null ? query : tree.queries.tail(query, rule.queryTail());
            return aliased(rule.LATERAL() == null ? whole : lateral(whole, rule), rule.alias(), rule);
        }
        if (rule.LATERAL() != null || inner.join().isEmpty() && !isJoin(inner)) {
            throw source.syntaxError(rule.LATERAL() != null ? rule.OpenParen().getSymbol() : rule.CloseParen().getSymbol());
        }
        if (rule.alias() != null) {
            throw source.unsupported(rule.alias().getStart(), "an alias of a parenthesized join");
        }
        return item(inner);
    }

    /** A query in parentheses without an alias. */
    private static boolean isQuery(FromItemContext rule) {
        if (!rule.join().isEmpty()) {
            return false;
        }
        return switch (rule.fromPrimary()) {
            case QueryFromContext q -> q.alias() == null && q.LATERAL() == null;
            case ParenthesizedFromContext p ->
                p.alias() == null && p.LATERAL() == null && (p.queryTail() != null || isQuery(p.fromItem()));
            default -> false;
        };
    }

    /** Only a join may stand in parentheses of its own: {@code FROM (t)} is an error. */
    private static boolean isJoin(FromItemContext rule) {
        return rule.fromPrimary() instanceof ParenthesizedFromContext p && p.alias() == null && !isQuery(rule);
    }

    private SqlNode lateral(SqlNode node, ParserRuleContext rule) {
        return SqlStdOperatorTable.LATERAL.createCall(source.pos(rule), node);
    }

    private SqlNode aliased(SqlNode node, @Nullable AliasContext alias, ParserRuleContext whole) {
        if (alias == null) {
            return node;
        }
        List<SqlNode> operands = new ArrayList<>(List.of(node, tree.names.identifier(alias.name())));
        if (alias.names() != null) {
            operands.addAll(tree.names.list(alias.names()));
        }
        return SqlStdOperatorTable.AS.createCall(source.pos(whole), operands);
    }

    private SqlNode function(FunctionFromContext rule) {
        FromFunctionContext from = rule.fromFunction();
        SqlParserPos pos = source.pos(from);
        boolean several = from.ROWS() != null;
        SqlNode first = tree.functions.plain(several ? from.rowsFromItem(0).plainFunction() : from.plainFunction());
        SqlNode call = several
                ? PgOperators.ROWS_FROM.createCall(pos, from.rowsFromItem().stream().map(this::rowsFromItem).toList())
                : first;
        FunctionAliasContext alias = rule.functionAlias();
        ColumnDefinitionsContext columns = alias == null ? null : alias.columnDefinitions();
        if (columns != null) {
            if (several || rule.ORDINALITY() != null) {
                throw source.error(ErrorCode.SYNTAX_ERROR, columns.getStart(), several
                        ? "ROWS FROM() with multiple functions cannot have a column definition list"
                        : "WITH ORDINALITY cannot be used with a column definition list");
            }
            call = withColumns(call, columns);
        }
        if (rule.ORDINALITY() != null) {
            call = PgOperators.WITH_ORDINALITY.createCall(pos, call);
        }
        SqlNode table = lateral(SqlStdOperatorTable.COLLECTION_TABLE.createCall(pos, call), rule);
        if (alias != null && alias.alias() != null) {
            return aliased(table, alias.alias(), rule);
        }
        List<SqlNode> operands = new ArrayList<>(List.of(table));
        operands.add(alias != null && alias.name() != null
                ? tree.names.identifier(alias.name())
                : new SqlIdentifier(OutputName.of(first), pos));
        if (columns != null) {
            columns.columnDefinition().forEach(c -> operands.add(tree.names.identifier(c.name())));
        }
        return SqlStdOperatorTable.AS.createCall(source.pos(rule), operands);
    }

    private SqlNode rowsFromItem(RowsFromItemContext rule) {
        SqlNode call = tree.functions.plain(rule.plainFunction());
        return rule.columnDefinitions() == null ? call : withColumns(call, rule.columnDefinitions());
    }

    private SqlNode withColumns(SqlNode call, ColumnDefinitionsContext rule) {
        List<SqlNode> operands = new ArrayList<>(List.of(call));
        for (ColumnDefinitionContext column : rule.columnDefinition()) {
            if (column.COLLATE() != null) {
                throw source.unsupported(column.COLLATE().getSymbol(), "COLLATE in a column definition list");
            }
            operands.add(Literals.string(tree.names.text(column.name()), source.pos(column.name())));
            operands.add(tree.typeNode(column.typeName()));
        }
        return PgOperators.COLUMN_DEFINITIONS.createCall(source.pos(rule), operands);
    }
}
