package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.text.Source;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Refuses trees too deep for the stages that follow, without recursion. Parentheses were counted before; these are chains of operators. */
final class TreeDepth {
    /** Such a chain of {@code +} is longer than PostgreSQL's own stack holds with its default settings. */
    static final int DEEPEST = 10_000;

    private record Level(SqlNode node, int depth) {
    }

    private TreeDepth() {
    }

    static void check(SqlNode tree, Source source) {
        Deque<Level> open = new ArrayDeque<>(List.of(new Level(tree, 1)));
        while (!open.isEmpty()) {
            Level level = open.pop();
            if (level.depth > DEEPEST) {
                SqlParserPos pos = level.node.getParserPosition();
                throw FreshetException.of(ErrorCode.TOO_DEEP, "more than " + DEEPEST + " operators follow each other")
                        .at(SourcePosition.of(source.sql(), pos.getLineNum(), pos.getColumnNum()));
            }
            List<? extends SqlNode> inside = switch (level.node) {
                case SqlCall call -> call.getOperandList();
                case SqlNodeList list -> list.getList();
                default -> List.of();
            };
            for (SqlNode node : inside) {
                if (node != null) {
                    open.push(new Level(node, level.depth + 1));
                }
            }
        }
    }
}
