/**
 * Makes a catalog of a schema script instead of a server: {@link io.freshet.planner.catalog.offline.SchemaCatalog}. The text comes in, the
 * parser's statements are carried out one after the other as PostgreSQL and Citus would, on tables that can change; what goes out is
 * immutable and the same as {@link io.freshet.planner.catalog.live.LiveCatalog} reads from a server that has run the script.
 */
@NullMarked
package io.freshet.planner.catalog.offline;

import org.jspecify.annotations.NullMarked;
