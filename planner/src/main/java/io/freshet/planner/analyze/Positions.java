package io.freshet.planner.analyze;

import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import java.util.Optional;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Turns Calcite's positions into places of the user's text. Inside a view's text every place is where the user names the view. */
interface Positions {

    /** Empty for a node that no text stands behind. */
    Optional<SourcePosition> of(SqlParserPos pos);

    /** The error at this place, unless it has one. */
    default FreshetException locate(FreshetException error, SqlParserPos pos) {
        return error.position().isPresent() ? error : of(pos).map(error::at).orElse(error);
    }

    static Positions in(String text) {
        return pos -> pos.getLineNum() < 1
                ? Optional.empty()
                : Optional.of(SourcePosition.of(text, pos.getLineNum(), pos.getColumnNum()));
    }

    static Positions always(Optional<SourcePosition> place) {
        return pos -> place;
    }
}
