/**
 * Reads the catalog of a server over a connection: {@link io.freshet.planner.catalog.live.LiveCatalog}.
 */
@NullMarked
package io.freshet.planner.catalog.live;

import org.jspecify.annotations.NullMarked;
