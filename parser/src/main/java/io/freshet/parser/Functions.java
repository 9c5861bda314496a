package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.ast.PgValueFunction;
import io.freshet.parser.grammar.PostgresParser.AggregateSuffixContext;
import io.freshet.parser.grammar.PostgresParser.ArgumentContext;
import io.freshet.parser.grammar.PostgresParser.ArgumentsContext;
import io.freshet.parser.grammar.PostgresParser.CastFunctionContext;
import io.freshet.parser.grammar.PostgresParser.CoalesceFunctionContext;
import io.freshet.parser.grammar.PostgresParser.CollationFunctionContext;
import io.freshet.parser.grammar.PostgresParser.EscapeExprContext;
import io.freshet.parser.grammar.PostgresParser.ExtractFieldContext;
import io.freshet.parser.grammar.PostgresParser.ExtractFunctionContext;
import io.freshet.parser.grammar.PostgresParser.FunctionCallContext;
import io.freshet.parser.grammar.PostgresParser.FunctionPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.GreatestFunctionContext;
import io.freshet.parser.grammar.PostgresParser.LeastFunctionContext;
import io.freshet.parser.grammar.PostgresParser.NamedTypeLiteralPrimaryContext;
import io.freshet.parser.grammar.PostgresParser.NiladicFunctionContext;
import io.freshet.parser.grammar.PostgresParser.NormalizeFunctionContext;
import io.freshet.parser.grammar.PostgresParser.NullifFunctionContext;
import io.freshet.parser.grammar.PostgresParser.OverContext;
import io.freshet.parser.grammar.PostgresParser.OverlayFunctionContext;
import io.freshet.parser.grammar.PostgresParser.PlainFunctionContext;
import io.freshet.parser.grammar.PostgresParser.PositionFunctionContext;
import io.freshet.parser.grammar.PostgresParser.SpecialFunctionContext;
import io.freshet.parser.grammar.PostgresParser.SubstringFunctionContext;
import io.freshet.parser.grammar.PostgresParser.SubstringPartContext;
import io.freshet.parser.grammar.PostgresParser.TrimFunctionContext;
import io.freshet.parser.grammar.PostgresParser.UnsupportedCallContext;
import io.freshet.parser.grammar.PostgresParser.ValueFunctionContext;
import io.freshet.parser.text.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Function calls: plain, aggregate, window, and those with syntax of their own. */
final class Functions {
    private final TreeBuilder tree;
    private final Source source;

    Functions(TreeBuilder tree) {
        this.tree = tree;
        this.source = tree.source;
    }

    /** In FROM, where no aggregate can stand. */
    SqlNode plain(PlainFunctionContext rule) {
        return rule.functionCall() != null ? call(rule.functionCall()) : special(rule.specialFunction());
    }

    SqlNode call(FunctionPrimaryContext rule) {
        FunctionCallContext call = rule.functionCall();
        if (rule.string() != null) {
            return typedLiteral(rule);
        }
        if (call.functionName().getText().equalsIgnoreCase("operator")) {
            // PostgreSQL expects the symbol of a prefix operator here.
            throw source.syntaxError(source.after(call.OpenParen().getSymbol()));
        }
        AggregateSuffixContext suffix = rule.aggregateSuffix();
        SqlNode node = call(call);
        if (suffix.WITHIN() != null) {
            refuseWithinGroup(call, suffix.WITHIN().getSymbol());
            SqlNodeList order = tree.queries.sortItems(suffix.sortItems());
            node = SqlStdOperatorTable.WITHIN_GROUP.createCall(source.pos(rule), node, order);
        }
        if (suffix.FILTER() != null) {
            node = SqlStdOperatorTable.FILTER.createCall(source.pos(rule), node, tree.expression(suffix.expr()));
        }
        if (suffix.over() != null) {
            OverContext over = suffix.over();
            SqlNode window = over.name() != null
                    ? tree.names.identifier(over.name())
                    : tree.windows.specification(over.windowSpecification(), null);
            node = SqlStdOperatorTable.OVER.createCall(source.pos(rule), node, window);
        }
        return node;
    }

    private void refuseWithinGroup(FunctionCallContext call, Token within) {
        ArgumentsContext arguments = call.arguments();
        if (arguments == null) {
            return;
        }
        boolean variadic = arguments.argument().stream().anyMatch(a -> a.VARIADIC() != null);
        if (arguments.sortItems() != null || arguments.DISTINCT() != null || variadic) {
            String what = variadic ? "VARIADIC" : arguments.DISTINCT() != null ? "DISTINCT" : "multiple ORDER BY clauses";
            throw source.error(ErrorCode.SYNTAX_ERROR, within, "cannot use " + what + " with WITHIN GROUP");
        }
    }

    private SqlNode call(FunctionCallContext rule) {
        SqlIdentifier name = tree.names.function(rule.functionName());
        SqlParserPos pos = source.pos(rule);
        List<SqlNode> operands = new ArrayList<>();
        ArgumentsContext arguments = rule.arguments();
        if (rule.Star() != null) {
            operands.add(SqlIdentifier.star(source.pos(rule.Star().getSymbol())));
        }
        if (arguments == null) {
            return PgOperators.function(name).createCall(pos, operands);
        }
        for (ArgumentContext argument : arguments.argument()) {
            if (argument.VARIADIC() != null && argument != arguments.argument().getLast()) {
                throw source.syntaxError(source.after(argument.getStop()));
            }
            operands.add(argument(argument));
        }
        SqlLiteral quantifier = arguments.DISTINCT() == null
                ? null
                : SqlSelectKeyword.DISTINCT.symbol(source.pos(arguments.DISTINCT().getSymbol()));
        SqlNode call = PgOperators.function(name).createCall(quantifier, pos, operands.toArray(SqlNode[]::new));
        return arguments.sortItems() == null
                ? call
                : SqlStdOperatorTable.WITHIN_GROUP.createCall(pos, call, tree.queries.sortItems(arguments.sortItems()));
    }

    private SqlNode argument(ArgumentContext rule) {
        SqlNode value = tree.expression(rule.expr());
        if (rule.typeOrFunctionWord() != null) {
            return SqlStdOperatorTable.ARGUMENT_ASSIGNMENT.createCall(source.pos(rule), value,
                    tree.names.identifier(rule.typeOrFunctionWord()));
        }
        return rule.VARIADIC() == null ? value : PgOperators.VARIADIC.createCall(source.pos(rule), value);
    }

    /** {@code name(modifiers) 'value'}. */
    private SqlNode typedLiteral(FunctionPrimaryContext rule) {
        FunctionCallContext call = rule.functionCall();
        ArgumentsContext arguments = call.arguments();
        boolean plain = arguments != null && arguments.ALL() == null && arguments.DISTINCT() == null
                && arguments.sortItems() == null
                && arguments.argument().stream().allMatch(a -> a.VARIADIC() == null && a.typeOrFunctionWord() == null);
        if (!plain) {
            throw source.syntaxError(rule.string().getStart());
        }
        List<String> modifiers = arguments.argument().stream().map(source::text).toList();
        PgTypeName type = tree.types.named(tree.names.function(call.functionName()).names, modifiers);
        return tree.literals.typed(type, source.pos(call), rule.string(), source.pos(rule));
    }

    /** {@code name 'value'}. */
    SqlNode typedLiteral(NamedTypeLiteralPrimaryContext rule) {
        PgTypeName type = tree.types.named(tree.names.function(rule.functionName()).names, List.of());
        return tree.literals.typed(type, source.pos(rule.functionName()), rule.string(), source.pos(rule));
    }

    FreshetException unsupported(UnsupportedCallContext rule) {
        return source.unsupported(rule.getStart(), rule.getStart().getText().toUpperCase(Locale.ROOT) + "(..)");
    }

    SqlNode special(SpecialFunctionContext rule) {
        SqlParserPos pos = source.pos(rule);
        return switch (rule) {
            case NiladicFunctionContext n -> value(n.valueFunction(), pos);
            case CastFunctionContext c ->
                PgOperators.CAST.createCall(pos, tree.expression(c.expr()), tree.typeNode(c.typeName()));
            case CoalesceFunctionContext c -> SqlStdOperatorTable.COALESCE.createCall(pos, tree.expressions.list(c.exprs()));
            case NullifFunctionContext n -> SqlStdOperatorTable.NULLIF.createCall(pos, tree.expressions.list(n.expr()));
            case GreatestFunctionContext g -> SqlLibraryOperators.GREATEST_PG.createCall(pos, tree.expressions.list(g.exprs()));
            case LeastFunctionContext l -> SqlLibraryOperators.LEAST_PG.createCall(pos, tree.expressions.list(l.exprs()));
            case ExtractFunctionContext e -> system("extract", pos, List.of(field(e.extractField()), tree.expression(e.expr())));
            case PositionFunctionContext p -> system("position", pos,
                    List.of(tree.expressions.restricted(p.restrictedExpr(1)), tree.expressions.restricted(p.restrictedExpr(0))));
            case SubstringFunctionContext s -> substring(s);
            case OverlayFunctionContext o -> overlay(o);
            case TrimFunctionContext t -> trim(t);
            case CollationFunctionContext c -> system("pg_collation_for", pos, List.of(tree.expression(c.expr())));
            case NormalizeFunctionContext n -> {
                List<SqlNode> operands = new ArrayList<>(List.of(tree.expression(n.expr())));
                if (n.normalForm() != null) {
                    operands.add(Literals.string(n.normalForm().getText().toUpperCase(Locale.ROOT), source.pos(n.normalForm())));
                }
                yield system("normalize", pos, operands);
            }
            default -> throw new IllegalStateException("not a function: " + rule.getClass());
        };
    }

    private static SqlNode system(String name, SqlParserPos pos, List<SqlNode> operands) {
        return PgOperators.systemFunction(name, pos).createCall(pos, operands);
    }

    private SqlNode value(ValueFunctionContext rule, SqlParserPos pos) {
        PgValueFunction.Name name = PgValueFunction.named(rule.getStart().getText()).orElseThrow();
        TerminalNode precision = rule.Integer();
        return PgOperators.value(name).createCall(pos, precision == null
                ? List.of()
                : List.of(
                        SqlLiteral.createExactNumeric(precision.getText().replace("_", ""), source.pos(precision.getSymbol()))));
    }

    private SqlNode field(ExtractFieldContext rule) {
        return rule.string() != null
                ? tree.literals.string(rule.string())
                : Literals.string(tree.names.text(rule.identifierWord()), source.pos(rule));
    }

    private SqlNode substring(SubstringFunctionContext rule) {
        SqlParserPos pos = source.pos(rule);
        List<SqlNode> operands = new ArrayList<>(tree.expressions.list(rule.expr()));
        if (rule.substringPart().isEmpty()) {
            return PgOperators.function(new SqlIdentifier("substring", source.pos(rule.SUBSTRING().getSymbol()))).createCall(pos,
                    operands);
        }
        SqlNode from = null;
        SqlNode length = null;
        for (SubstringPartContext part : rule.substringPart()) {
            boolean similar = part.SIMILAR() != null;
            if (similar && part.expr() instanceof EscapeExprContext escape && rule.substringPart().size() == 1) {
                from = tree.expression(escape.expr(0));
                length = tree.expression(escape.expr(1));
            } else if (part.FROM() != null && from == null) {
                from = tree.expression(part.expr());
            } else if (part.FOR() != null && length == null) {
                length = tree.expression(part.expr());
            } else {
                throw source.syntaxError(part.getStart());
            }
        }
        operands.addAll(fromAndLength(from, length));
        return system("substring", pos, operands);
    }

    /** Without FROM the length is made an integer: PostgreSQL would otherwise take a text for a pattern. */
    private static List<SqlNode> fromAndLength(@Nullable SqlNode from, @Nullable SqlNode length) {
        if (from == null && length != null) {
            SqlParserPos at = length.getParserPosition();
            return List.of(SqlLiteral.createExactNumeric("1", at), Literals.cast(length, PgTypeName.system("int4"), at));
        }
        List<SqlNode> operands = new ArrayList<>();
        if (from != null) {
            operands.add(from);
        }
        if (length != null) {
            operands.add(length);
        }
        return operands;
    }

    private SqlNode overlay(OverlayFunctionContext rule) {
        SqlParserPos pos = source.pos(rule);
        List<SqlNode> operands = new ArrayList<>(tree.expressions.list(rule.expr()));
        if (rule.overlayPart() == null) {
            return PgOperators.function(new SqlIdentifier("overlay", source.pos(rule.OVERLAY().getSymbol()))).createCall(pos,
                    operands);
        }
        operands.addAll(tree.expressions.list(rule.overlayPart().expr()));
        return system("overlay", pos, operands);
    }

    private SqlNode trim(TrimFunctionContext rule) {
        String name = rule.LEADING() != null ? "ltrim" : rule.TRAILING() != null ? "rtrim" : "btrim";
        List<SqlNode> operands = new ArrayList<>();
        if (rule.exprs() != null) {
            operands.addAll(tree.expressions.list(rule.exprs()));
        }
        operands.addAll(tree.expressions.list(rule.expr()));
        return system(name, source.pos(rule), operands);
    }
}
