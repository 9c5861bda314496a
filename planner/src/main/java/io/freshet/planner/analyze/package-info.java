/**
 * From the parser's tree to a plan: names are bound to relations and functions, Calcite validates and converts, expressions are built by
 * PostgreSQL's rules. Nothing is simplified, folded or reordered. {@link io.freshet.planner.analyze.QueryAnalyzer} is the way in.
 */
@NullMarked
package io.freshet.planner.analyze;

import org.jspecify.annotations.NullMarked;
