/**
 * Queries to plans: {@link io.freshet.planner.QueryPlanner} is the way in, {@link io.freshet.planner.PlannedQuery} what comes out.
 */
@NullMarked
package io.freshet.planner;

import org.jspecify.annotations.NullMarked;
