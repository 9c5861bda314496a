package io.freshet.planner.analyze;

import io.freshet.errors.SourcePosition;
import io.freshet.planner.functions.Volatility;
import java.util.Optional;

/**
 * A function, operator or cast of a query whose result depends on more than its arguments.
 *
 * @param name as the user knows it: {@code now}, {@code CURRENT_DATE}, {@code +}, {@code ::date}
 * @param volatility STABLE or VOLATILE
 * @param position in the user's text; of one in a view, where the view is named
 */
public record ChangingFunction(String name, Volatility volatility, Cause cause, Optional<SourcePosition> position) {

    /** What the result changes with. */
    public enum Cause {
        /** The time, the user, the content of the database, or anything: no change of a source tells of it. */
        STATE,
        /** Settings like TimeZone and DateStyle alone: the same in sessions that have the same ones. */
        SETTINGS
    }
}
