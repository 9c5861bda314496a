/**
 * Capture against real clusters, without epochs: every node by itself, and shards that move.
 */
@NullMarked
package io.freshet.it.capture;

import org.jspecify.annotations.NullMarked;
