package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.parser.ast.PgOperators;
import io.freshet.parser.grammar.PostgresLexer;
import io.freshet.parser.grammar.PostgresParser.CurrentRowBoundContext;
import io.freshet.parser.grammar.PostgresParser.FrameBoundContext;
import io.freshet.parser.grammar.PostgresParser.FrameContext;
import io.freshet.parser.grammar.PostgresParser.FrameExclusionContext;
import io.freshet.parser.grammar.PostgresParser.NameContext;
import io.freshet.parser.grammar.PostgresParser.OffsetBoundContext;
import io.freshet.parser.grammar.PostgresParser.UnboundedBoundContext;
import io.freshet.parser.grammar.PostgresParser.WindowClauseContext;
import io.freshet.parser.grammar.PostgresParser.WindowSpecificationContext;
import io.freshet.parser.text.Source;
import java.util.Optional;
import org.antlr.v4.runtime.Token;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** WINDOW and OVER. */
final class Windows {
    private final TreeBuilder tree;
    private final Source source;

    Windows(TreeBuilder tree) {
        this.tree = tree;
        this.source = tree.source;
    }

    SqlNodeList declarations(WindowClauseContext rule) {
        return new SqlNodeList(rule.namedWindow().stream()
                .map(w -> specification(w.windowSpecification(), tree.names.identifier(w.name()))).toList(), source.pos(rule));
    }

    SqlWindow specification(WindowSpecificationContext rule, @Nullable SqlIdentifier declared) {
        SqlParserPos pos = source.pos(rule);
        SqlIdentifier base = rule.name() == null ? null : base(rule.name());
        SqlNodeList partition = rule.exprs() == null ? new SqlNodeList(pos) : tree.expressions.nodeList(rule.exprs());
        SqlNodeList order = rule.sortItems() == null ? new SqlNodeList(pos) : tree.queries.sortItems(rule.sortItems());
        FrameContext frame = rule.frame();
        if (frame == null) {
            return new SqlWindow(pos, declared, base, partition, order, SqlLiteral.createBoolean(false, pos), null, null, null);
        }
        checkBounds(frame);
        SqlNode lower = bound(frame, frame.frameBound(0));
        SqlNode upper = frame.BETWEEN() == null ? null : bound(frame, frame.frameBound(1));
        SqlLiteral rows = SqlLiteral.createBoolean(frame.ROWS() != null, source.pos(frame));
        return new SqlWindow(pos, declared, base, partition, order, rows, lower, upper, null, exclusion(frame));
    }

    /** The words that can begin what follows a base are names only in quotes here. */
    private SqlIdentifier base(NameContext name) {
        return switch (name.getStart().getType()) {
            case PostgresLexer.PARTITION, PostgresLexer.RANGE, PostgresLexer.ROWS, PostgresLexer.GROUPS ->
                throw source.syntaxError(source.after(name.getStop()));
            default -> tree.names.identifier(name);
        };
    }

    private SqlNode bound(FrameContext frame, FrameBoundContext rule) {
        SqlParserPos pos = source.pos(rule);
        SqlNode bound = switch (rule) {
            case UnboundedBoundContext u ->
                u.PRECEDING() != null ? SqlWindow.createUnboundedPreceding(pos) : SqlWindow.createUnboundedFollowing(pos);
            case CurrentRowBoundContext ignored -> SqlWindow.createCurrentRow(pos);
            case OffsetBoundContext o -> {
                SqlNode offset = tree.expression(o.expr());
                yield o.PRECEDING() != null ? SqlWindow.createPreceding(offset, pos) : SqlWindow.createFollowing(offset, pos);
            }
            default -> throw new IllegalStateException("not a frame bound: " + rule.getClass());
        };
        return frame.GROUPS() == null ? bound : PgOperators.GROUPS.createCall(pos, bound);
    }

    private SqlLiteral exclusion(FrameContext frame) {
        FrameExclusionContext rule = frame.frameExclusion();
        SqlParserPos pos = source.pos(frame);
        if (rule == null || rule.OTHERS() != null) {
            return SqlWindow.createExcludeNoOthers(pos);
        }
        if (rule.CURRENT() != null) {
            return SqlWindow.createExcludeCurrentRow(pos);
        }
        return rule.GROUP() != null ? SqlWindow.createExcludeGroup(pos) : SqlWindow.createExcludeTies(pos);
    }

    /** The order in which bounds lie in a partition. */
    private enum Place {
        START,
        BEFORE,
        HERE,
        AFTER,
        END
    }

    private static Place place(FrameBoundContext rule) {
        return switch (rule) {
            case UnboundedBoundContext u -> u.PRECEDING() != null ? Place.START : Place.END;
            case OffsetBoundContext o -> o.PRECEDING() != null ? Place.BEFORE : Place.AFTER;
            default -> Place.HERE;
        };
    }

    private void checkBounds(FrameContext frame) {
        Place start = place(frame.frameBound(0));
        Place end = frame.BETWEEN() == null ? Place.HERE : place(frame.frameBound(1));
        Token first = frame.frameBound(0).getStart();
        Token last = Optional.ofNullable(frame.frameBound(1)).map(FrameBoundContext::getStart).orElse(first);
        if (start == Place.END) {
            throw source.error(ErrorCode.SYNTAX_ERROR, first, "frame start cannot be UNBOUNDED FOLLOWING");
        }
        if (end == Place.START) {
            throw source.error(ErrorCode.SYNTAX_ERROR, last, "frame end cannot be UNBOUNDED PRECEDING");
        }
        if (start == Place.HERE && end == Place.BEFORE) {
            throw source.error(ErrorCode.SYNTAX_ERROR, last, "frame starting from current row cannot have preceding rows");
        }
        if (start == Place.AFTER && (end == Place.HERE || end == Place.BEFORE)) {
            String what = frame.BETWEEN() == null
                    ? "frame starting from following row cannot end with current row"
                    : "frame starting from following row cannot have preceding rows";
            throw source.error(ErrorCode.SYNTAX_ERROR, last, what);
        }
    }
}
