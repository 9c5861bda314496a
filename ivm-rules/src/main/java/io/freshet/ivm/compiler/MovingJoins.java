package io.freshet.ivm.compiler;

import io.freshet.ivm.FullRefreshReason;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.analysis.QueryShape;
import io.freshet.ivm.joins.JoinRegion;
import io.freshet.ivm.program.Gathering;
import io.freshet.ivm.program.Home;
import io.freshet.ivm.program.PlanText;
import io.freshet.ivm.program.UserQuery;
import io.freshet.ivm.program.Workshop;
import io.freshet.planner.types.PgTypes;
import io.freshet.planner.types.TypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;

/** Queries with joins that are not co-located. */
final class MovingJoins {
    /** Steps are a square of a region's inputs, but each of up to two to the power of those in one place. */
    private static final int MOST_INPUTS = 8;

    /** Joins of unions multiply. */
    private static final int MOST_REGIONS = 16;

    private MovingJoins() {
    }

    /** Why the delta's rows cannot be sent to where they meet. */
    static List<FullRefreshReason> reasonsAgainst(RelNode linear) {
        List<FullRefreshReason> reasons = new ArrayList<>();
        List<JoinRegion> regions = JoinRegion.of(linear);
        if (JoinRegion.largest(regions) > MOST_INPUTS || regions.size() > MOST_REGIONS) {
            reasons.add(new FullRefreshReason("join of many tables that are not co-located",
                    "The join has more than " + MOST_INPUTS + " tables, or stands for more than " + MOST_REGIONS
                            + " joins under UNION ALL, and they are not co-located.",
                    Optional.of("Distribute the tables by the columns that join them, or join fewer of them."),
                    Optional.empty()));
        }
        linear.getRowType().getFieldList().stream().filter(f -> !canBeStored(f.getType()))
                .forEach(f -> reasons.add(new FullRefreshReason("a row as a value",
                        "The rows of a join that is not co-located are kept in a table on their way, which has no column for a value of type "
                                + PgTypes.text(f.getType()) + '.',
                        Optional.of("Name the row's columns instead."), Optional.empty())));
        return reasons;
    }

    private static boolean canBeStored(RelDataType type) {
        return !type.isStruct() && PgTypes.of(type).info().kind() != TypeInfo.Kind.PSEUDO;
    }

    /** With the user's text where Citus can evaluate it. */
    static Workshop workshop(StreamTableDefinition definition, QueryShape shape, Home home) {
        PlanText text = new PlanText(Set.of());
        Gathering.Moving moving = new Gathering.Moving(PlannedSources::placementOf);
        RelNode whole = moving.whole(shape.linearPart(), text);
        UserQuery query = new UserQuery(whole == shape.linearPart() ? definition.query() : text.of(over(shape, whole)));
        return new Workshop(definition.name(), query, text, home, moving);
    }

    /** The query with another linear part. */
    private static RelNode over(QueryShape shape, RelNode linear) {
        return switch (shape) {
            case QueryShape.Linear all -> linear;
            case QueryShape.Grouped grouped -> {
                RelNode aggregate = grouped.aggregate().copy(grouped.aggregate().getTraitSet(), List.of(linear));
                RelNode shown = grouped.having().<RelNode>map(h -> LogicalFilter.create(aggregate, h)).orElse(aggregate);
                yield LogicalProject.create(shown, List.of(), grouped.outputs(), grouped.names(), Set.of());
            }
        };
    }
}
