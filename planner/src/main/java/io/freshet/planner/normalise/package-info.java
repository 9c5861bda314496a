/**
 * Rewrites a converted plan into the form that delta rules are written for: sub-queries are joins, filters are where they can be, projections
 * are merged. Every step keeps PostgreSQL's meaning: nothing is evaluated, simplified or reordered.
 */
@NullMarked
package io.freshet.planner.normalise;

import org.jspecify.annotations.NullMarked;
