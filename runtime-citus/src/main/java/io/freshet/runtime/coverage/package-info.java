/**
 * What the nodes that are there suffice for: which stream tables, sources and co-location groups need a node that is not. In: Citus's catalog and
 * the outages. Out: who waits, and for whom. Knows nothing of programs and epochs.
 */
@NullMarked
package io.freshet.runtime.coverage;

import org.jspecify.annotations.NullMarked;
