package io.freshet.planner.print;

import io.freshet.planner.functions.OperatorInfo;
import io.freshet.planner.functions.PgFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;

/** Writes LIKE, ILIKE and SIMILAR TO, which PostgreSQL's grammar turns into operators and functions. */
final class Matches {
    private static final Map<String, String> WORDS = Map.of("~~", "LIKE", "!~~", "NOT LIKE", "~~*", "ILIKE", "!~~*", "NOT ILIKE");
    private static final Map<String, String> SIMILAR = Map.of("~", "SIMILAR TO", "!~", "NOT SIMILAR TO");

    private final Scalars scalars;

    Matches(Scalars scalars) {
        this.scalars = scalars;
    }

    /** The word for an operator, where people know one. */
    static String word(String symbol) {
        return WORDS.getOrDefault(symbol, symbol);
    }

    /** The call as a match, when it is one. */
    Optional<Expr> of(OperatorInfo operator, List<RexNode> operands, Row row) {
        if (!operator.isBuiltIn() || operator.isPrefix()) {
            return Optional.empty();
        }
        RexNode pattern = operands.get(1);
        if (SIMILAR.containsKey(operator.symbol()) && calls(pattern, "similar_to_escape")) {
            return Optional.of(match(SIMILAR.get(operator.symbol()), operands, arguments(pattern, row), row));
        }
        if (!WORDS.containsKey(operator.symbol())) {
            return Optional.empty();
        }
        List<Expr> right = calls(pattern, "like_escape") ? arguments(pattern, row) : List.of(scalars.bare(pattern, row));
        return Optional.of(match(WORDS.get(operator.symbol()), operands, right, row));
    }

    private Expr match(String word, List<RexNode> operands, List<Expr> right, Row row) {
        List<Expr> both = new ArrayList<>(List.of(scalars.bare(operands.getFirst(), row), right.getFirst()));
        List<Expr> sides = TextLiterals.compared(both, operands.stream().map(RexNode::getType).toList());
        Expr match = Operators.infix(sides.get(0), word, sides.get(1), Precedence.MATCH);
        return right.size() == 1
                ? match
                : new Expr.Builder().add(match).text(" ESCAPE ").add(right.get(1).atLeast(Precedence.OPERATOR))
                        .build(Precedence.MATCH);
    }

    private static boolean calls(RexNode node, String function) {
        return PgFunction.called(node).filter(f -> f.isBuiltIn() && f.name().equals(function)).isPresent();
    }

    private List<Expr> arguments(RexNode call, Row row) {
        return scalars.bare(((RexCall) call).getOperands(), row);
    }
}
