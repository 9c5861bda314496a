package io.freshet.planner.print;

import io.freshet.planner.print.Statement.Direction;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelFieldCollation.NullDirection;

/** Calcite's sort directions as PostgreSQL's, where NULLs come last in ASC and first in DESC. */
final class Directions {
    private Directions() {
    }

    static Direction of(RelFieldCollation.Direction direction, NullDirection nulls) {
        return switch (direction) {
            case ASCENDING, STRICTLY_ASCENDING, CLUSTERED ->
                nulls == NullDirection.FIRST ? Direction.ASC_NULLS_FIRST : Direction.ASC;
            case DESCENDING, STRICTLY_DESCENDING -> nulls == NullDirection.LAST ? Direction.DESC_NULLS_LAST : Direction.DESC;
        };
    }
}
