package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.grammar.PostgresParser.ArrayElementsContext;
import io.freshet.parser.grammar.PostgresParser.ArrayPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.ArrayQueryPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.CasePrimaryContext;
import io.freshet.parser.grammar.PostgresParser.CaseWhenContext;
import io.freshet.parser.grammar.PostgresParser.ColumnPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.ColumnReferenceContext;
import io.freshet.parser.grammar.PostgresParser.ExistsPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.ExprContext;
import io.freshet.parser.grammar.PostgresParser.FunctionPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.GroupingPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.IndirectionContext;
import io.freshet.parser.grammar.PostgresParser.LiteralPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.NamedTypeLiteralPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.ParameterPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.ParenthesizedPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.PrimaryContext;
import io.freshet.parser.grammar.PostgresParser.PrimaryExprContext;
import io.freshet.parser.grammar.PostgresParser.QueryPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.RowContext;
import io.freshet.parser.grammar.PostgresParser.RowPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.SpecialFunctionPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.TypedLiteralPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.UniquePrimaryContext;
import io.freshet.parser.grammar.PostgresParser.UnsupportedPrimaryContext;
import io.freshet.parser.text.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/** What operators stand between: constants, columns, parentheses, rows, CASE, subqueries, arrays. */
final class Primaries {
    private final TreeBuilder tree;
    private final Source source;

    Primaries(TreeBuilder tree) {
        this.tree = tree;
        this.source = tree.source;
    }

    SqlNode primary(PrimaryContext rule) {
        SqlParserPos pos = source.pos(rule);
        return switch (rule) {
            case LiteralPrimaryContext l -> tree.literals.literal(l.literal());
            case TypedLiteralPrimaryContext t -> tree.literals.typed(t.typedLiteral());
            case NamedTypeLiteralPrimaryContext n -> tree.functions.typedLiteral(n);
            case ParameterPrimaryContext p -> throw source.error(ErrorCode.UNSUPPORTED_SYNTAX, p.getStart(),
                    "parameter " + p.getText() + " is not allowed: a stored query has no parameters");
            case QueryPrimaryContext q -> indirect(tree.queries.keywordQuery(q.keywordQuery()), q.indirection(), pos);
            case ParenthesizedPrimaryContext p -> parenthesized(p);
            case RowPrimaryContext r -> row(r);
            case CasePrimaryContext c -> cases(c);
            case ExistsPrimaryContext e -> SqlStdOperatorTable.EXISTS.createCall(pos, tree.query(e.query()));
            case UniquePrimaryContext u -> throw source.unsupported(u.getStart(), "the UNIQUE predicate");
            case ArrayQueryPrimaryContext a -> SqlStdOperatorTable.ARRAY_QUERY.createCall(pos, tree.query(a.query()));
            case ArrayPrimaryContext a -> array(a.arrayElements(), pos);
            case GroupingPrimaryContext g -> SqlStdOperatorTable.GROUPING.createCall(pos, tree.expressions.list(g.exprs()));
            case FunctionPrimaryContext f -> tree.functions.call(f);
            case SpecialFunctionPrimaryContext s -> tree.functions.special(s.specialFunction());
            case UnsupportedPrimaryContext u -> throw tree.functions.unsupported(u.unsupportedCall());
            case ColumnPrimaryContext c -> column(c.columnReference());
            default -> throw new IllegalStateException("not a primary: " + rule.getClass());
        };
    }

    /** A query in as many parentheses as one likes, and nothing else. */
    static boolean isQuery(ExprContext rule) {
        if (!(rule instanceof PrimaryExprContext primary)) {
            return false;
        }
        return switch (primary.primary()) {
            case QueryPrimaryContext q -> q.indirection().isEmpty();
            case ParenthesizedPrimaryContext p -> p.expr().size() == 1 && p.indirection().isEmpty() && p.OVERLAPS() == null
                    && (p.queryTail() != null || isQuery(p.expr(0)));
            default -> false;
        };
    }

    private SqlNode parenthesized(ParenthesizedPrimaryContext rule) {
        boolean isRow = rule.expr().size() > 1;
        SqlParserPos pos = source.pos(rule);
        if (rule.OVERLAPS() != null) {
            return overlaps(rule, rule.expr(), rule.row());
        }
        if (isRow) {
            if (!rule.indirection().isEmpty()) {
                throw source.syntaxError(rule.indirection(0).getStart());
            }
            return SqlStdOperatorTable.ROW.createCall(pos, tree.expressions.list(rule.expr()));
        }
        SqlNode inner = tree.queries.parenthesized(null, rule.expr(), rule.queryTail())
                .orElseGet(() -> tree.expression(rule.expr(0)));
        return indirect(inner, rule.indirection(), pos);
    }

    private SqlNode row(RowPrimaryContext rule) {
        List<ExprContext> fields = rule.exprs() == null ? List.of() : rule.exprs().expr();
        return rule.OVERLAPS() != null
                ? overlaps(rule, fields, rule.row())
                : SqlStdOperatorTable.ROW.createCall(source.pos(rule), tree.expressions.list(fields));
    }

    private SqlNode overlaps(ParserRuleContext whole, List<ExprContext> left, RowContext right) {
        List<ExprContext> rightFields = right.exprs() != null ? right.exprs().expr() : right.expr();
        requirePair("left", left, whole);
        requirePair("right", rightFields, right);
        List<SqlNode> operands = new ArrayList<>(tree.expressions.list(left));
        operands.addAll(tree.expressions.list(rightFields));
        SqlParserPos pos = source.pos(whole);
        return PgOperators.systemFunction("overlaps", pos).createCall(pos, operands);
    }

    private void requirePair(String side, List<ExprContext> fields, ParserRuleContext at) {
        if (fields.size() != 2) {
            throw source.error(ErrorCode.SYNTAX_ERROR, at.getStart(),
                    "wrong number of parameters on " + side + " side of OVERLAPS expression");
        }
    }

    private SqlNode cases(CasePrimaryContext rule) {
        SqlParserPos pos = source.pos(rule);
        List<ExprContext> others = rule.expr();
        boolean hasElse = rule.ELSE() != null;
        boolean hasValue = others.size() > (hasElse ? 1 : 0);
        SqlNodeList conditions = new SqlNodeList(pos);
        SqlNodeList results = new SqlNodeList(pos);
        for (CaseWhenContext when : rule.caseWhen()) {
            SqlNode condition = tree.expression(when.expr(0));
            conditions.add(hasValue ? equal(tree.expression(others.getFirst()), condition) : condition);
            results.add(tree.expression(when.expr(1)));
        }
        SqlNode otherwise = hasElse ? tree.expression(others.getLast()) : SqlLiteral.createNull(pos);
        return new SqlCase(pos, null, conditions, results, otherwise);
    }

    private static SqlNode equal(SqlNode value, SqlNode candidate) {
        return SqlStdOperatorTable.EQUALS.createCall(candidate.getParserPosition(), value, candidate);
    }

    private SqlNode array(ArrayElementsContext rule, SqlParserPos pos) {
        List<SqlNode> elements = rule.exprs() != null
                ? tree.expressions.list(rule.exprs())
                : rule.arrayElements().stream().map(e -> array(e, source.pos(e))).toList();
        return SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(pos, elements);
    }

    private SqlNode column(ColumnReferenceContext rule) {
        List<IndirectionContext> steps = rule.indirection();
        List<ParserRuleContext> words = new ArrayList<>(List.of(rule.name()));
        int used = 0;
        while (used < steps.size() && steps.get(used).label() != null) {
            words.add(steps.get(used).label());
            used++;
        }
        List<String> names = words.stream().map(tree.names::text).toList();
        List<SqlParserPos> positions = words.stream().map(source::pos).toList();
        if (used < steps.size() && steps.get(used).Star() != null) {
            return star(rule, names, positions);
        }
        SqlNode column = new SqlIdentifier(names, null, SqlParserPos.sum(positions), positions);
        return indirect(column, steps.subList(used, steps.size()), source.pos(rule));
    }

    private SqlNode star(ColumnReferenceContext rule, List<String> names, List<SqlParserPos> positions) {
        IndirectionContext last = rule.indirection().getLast();
        if (last.Star() == null || rule.indirection().size() != names.size()) {
            throw source.error(ErrorCode.SYNTAX_ERROR, rule.getStart(), "improper use of \"*\"");
        }
        List<String> withStar = new ArrayList<>(names);
        withStar.add("");
        List<SqlParserPos> withPosition = new ArrayList<>(positions);
        withPosition.add(source.pos(last.Star().getSymbol()));
        return SqlIdentifier.star(withStar, source.pos(rule), withPosition);
    }

    /** Field accesses and subscripts after a value; neighbouring subscripts are one operation. */
    private SqlNode indirect(SqlNode value, List<IndirectionContext> steps, SqlParserPos pos) {
        SqlNode result = value;
        for (int i = 0; i < steps.size();) {
            IndirectionContext step = steps.get(i);
            if (step.label() != null) {
                result = PgOperators.FIELD.createCall(pos, result,
                        Literals.string(tree.names.text(step.label()), source.pos(step.label())));
                i++;
            } else if (step.Star() != null) {
                result = PgOperators.EXPAND.createCall(pos, result);
                i++;
            } else {
                int end = i;
                while (end < steps.size() && steps.get(end).OpenBracket() != null) {
                    end++;
                }
                result = subscript(result, steps.subList(i, end), pos);
                i = end;
            }
        }
        return result;
    }

    private SqlNode subscript(SqlNode array, List<IndirectionContext> subscripts, SqlParserPos pos) {
        List<SqlNode> operands = new ArrayList<>(List.of(array));
        boolean slice = subscripts.stream().anyMatch(s -> s.Colon() != null);
        for (IndirectionContext subscript : subscripts) {
            if (subscript.Colon() != null) {
                operands.add(bound(Optional.ofNullable(subscript.lower), subscript));
                operands.add(bound(Optional.ofNullable(subscript.upper), subscript));
            } else {
                if (slice) {
                    operands.add(SqlLiteral.createExactNumeric("1", source.pos(subscript)));
                }
                operands.add(tree.expression(subscript.expr(0)));
            }
        }
        if (slice) {
            return PgOperators.SLICE.createCall(pos, operands);
        }
        return (subscripts.size() == 1 ? SqlStdOperatorTable.ITEM : PgOperators.SUBSCRIPT).createCall(pos, operands);
    }

    private SqlNode bound(Optional<ExprContext> given, IndirectionContext at) {
        return given.map(tree::expression).orElseGet(() -> SqlStdOperatorTable.DEFAULT.createCall(source.pos(at)));
    }
}
