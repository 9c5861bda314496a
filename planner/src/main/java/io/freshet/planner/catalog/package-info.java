/**
 * The catalog model: tables, columns, keys and placements as the compiler sees them. Values only; the packages below fill it from a
 * live server or from a schema script.
 */
@NullMarked
package io.freshet.planner.catalog;

import org.jspecify.annotations.NullMarked;
