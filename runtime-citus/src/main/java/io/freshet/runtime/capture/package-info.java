/**
 * Changes of the sources, read from every node's WAL. In: logical replication streams. Out: net changes per source and snapshot.
 */
@NullMarked
package io.freshet.runtime.capture;

import org.jspecify.annotations.NullMarked;
