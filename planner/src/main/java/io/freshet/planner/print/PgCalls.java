package io.freshet.planner.print;

import io.freshet.planner.functions.FunctionInfo;
import io.freshet.planner.functions.OperatorInfo;
import io.freshet.planner.functions.PgSyntax;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;

/** Writes calls of PostgreSQL's own operators, functions and constructs. */
final class PgCalls {
    private static final Set<String> EXTRACT_FIELDS = Set
            .of("""
                century day decade dow doy epoch hour isodow isoyear julian microseconds millennium milliseconds minute month quarter second
                timezone timezone_hour timezone_minute week year"""
                    .strip().split("\\s+"));

    private PgCalls() {
    }

    static Expr operator(OperatorInfo operator, List<Expr> operands, List<RelDataType> types) {
        String symbol = operator.isBuiltIn()
                ? operator.symbol()
                : "OPERATOR(" + Quoting.identifier(operator.schema()) + "." + operator.symbol() + ")";
        List<Expr> texts = TextLiterals.operands(operator, operands, types);
        if (operator.isPrefix()) {
            return prefix(symbol, texts.getFirst());
        }
        return Operators.binary(symbol, texts.get(0), texts.get(1));
    }

    private static Expr prefix(String symbol, Expr operand) {
        if (symbol.equals("-") || symbol.equals("+")) {
            return new Expr.Builder().text(symbol).add(operand.atLeast(Precedence.CASE)).build(Precedence.UNARY_MINUS);
        }
        return new Expr.Builder().text(symbol + " ").add(operand.atLeast(Precedence.UNARY_MINUS)).build(Precedence.OPERATOR);
    }

    static Expr function(FunctionInfo function, List<RexNode> operands, List<Expr> arguments) {
        List<Expr> texts = TextLiterals.arguments(function, arguments);
        Optional<Expr> known = function.isBuiltIn() ? knownSyntax(function.name(), operands, texts) : Optional.empty();
        return known.orElseGet(() -> Scalars.function(name(function), texts));
    }

    /** With its schema, unless that is {@code pg_catalog}, which is searched before every other. */
    static String name(FunctionInfo function) {
        if (!function.isBuiltIn()) {
            return Quoting.identifier(function.schema()) + "." + Quoting.identifier(function.name());
        }
        return Keywords.canBeFunction(function.name()) ? function.name() : Quoting.identifier(function.name());
    }

    /** The functions that people know by a syntax of their own. */
    private static Optional<Expr> knownSyntax(String name, List<RexNode> operands, List<Expr> texts) {
        if (texts.size() != 2) {
            return Optional.empty();
        }
        return switch (name) {
            case "extract" ->
                field(operands.getFirst()).map(field -> new Expr.Builder().text("EXTRACT(" + field + " FROM ").add(texts.get(1))
                        .text(")").build(Precedence.ATOM));
            case "timezone" -> Optional.of(Operators.infix(texts.get(1), "AT TIME ZONE", texts.get(0), Precedence.AT_TIME_ZONE));
            case "position" ->
                Optional.of(new Expr.Builder().text("position(").add(texts.get(1).atLeast(Precedence.OPERATOR)).text(" IN ")
                        .add(texts.get(0).atLeast(Precedence.OPERATOR)).text(")").build(Precedence.ATOM));
            default -> Optional.empty();
        };
    }

    private static Optional<String> field(RexNode literal) {
        return literal instanceof RexLiteral text
                ? Optional.ofNullable(text.getValueAs(String.class)).filter(EXTRACT_FIELDS::contains)
                : Optional.empty();
    }

    /** @param types of the operands, and last of the whole */
    static Expr construct(PgSyntax syntax, List<Expr> bare, List<RelDataType> types) {
        List<Expr> operands = switch (syntax.construct()) {
            case IN_LIST, NULLIF -> TextLiterals.isText(types.getFirst()) ? bare : TextLiterals.typed(bare);
            case ANY, ALL -> TextLiterals.isTextArray(types.get(1)) ? bare : TextLiterals.typed(bare);
            case GREATEST, LEAST -> TextLiterals.parts(bare, types.getLast());
            case SUBSCRIPT, SLICE, ABSENT, FIELD, COLLATE, VARIADIC, NAMED, IS_JSON, VALUE_FUNCTION, WITH_ORDINALITY ->
                TextLiterals.typed(bare);
        };
        Expr first = operands.isEmpty() ? Expr.atom("") : operands.getFirst();
        return switch (syntax.construct()) {
            case SUBSCRIPT -> subscripts(operands);
            case SLICE -> slices(operands);
            case ABSENT -> first;
            case FIELD -> Scalars.field(first, syntax.argument());
            case COLLATE -> new Expr.Builder().add(first.atLeast(Precedence.UNARY_MINUS)).text(" COLLATE " + syntax.argument())
                    .build(Precedence.COLLATE);
            case IN_LIST -> inList(operands, " IN (");
            case ANY, ALL -> new Expr.Builder().add(first.atLeast(Precedence.OPERATOR))
                    .text(" " + Matches.word(syntax.argument()) + " " + syntax.construct() + " (").add(operands.get(1)).text(")")
                    .build(Precedence.COMPARISON);
            case NULLIF -> Scalars.function("nullif", operands);
            case GREATEST -> Scalars.function("greatest", operands);
            case LEAST -> Scalars.function("least", operands);
            case VARIADIC -> new Expr.Builder().text("VARIADIC ").add(first).build(Precedence.ATOM);
            case NAMED ->
                new Expr.Builder().text(Quoting.identifier(syntax.argument()) + " => ").add(first).build(Precedence.ATOM);
            case IS_JSON -> Operators.postfix(first, syntax.argument());
            case VALUE_FUNCTION -> Expr.atom(syntax.argument());
            case WITH_ORDINALITY -> throw Unprintable.because("WITH ORDINALITY outside of FROM");
        };
    }

    static Expr inList(List<Expr> operands, String word) {
        return new Expr.Builder().add(operands.getFirst().atLeast(Precedence.OPERATOR)).text(word)
                .list(operands.subList(1, operands.size())).text(")").build(Precedence.MATCH);
    }

    static Expr subscripts(List<Expr> operands) {
        Expr.Builder builder = subscripted(operands.getFirst());
        operands.subList(1, operands.size()).forEach(subscript -> builder.text("[").add(subscript).text("]"));
        return builder.build(Precedence.ATOM);
    }

    private static Expr slices(List<Expr> operands) {
        Expr.Builder builder = subscripted(operands.getFirst());
        for (int i = 1; i + 1 < operands.size(); i += 2) {
            builder.text("[").add(operands.get(i)).text(":").add(operands.get(i + 1)).text("]");
        }
        return builder.build(Precedence.ATOM);
    }

    /** Only a column can be subscripted without parentheses. */
    private static Expr.Builder subscripted(Expr array) {
        return new Expr.Builder().add(array.isColumn() ? array : array.parenthesised());
    }
}
