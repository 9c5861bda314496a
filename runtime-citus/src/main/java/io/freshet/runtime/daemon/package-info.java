/**
 * The daemon: one loop that runs epochs and, between them, what users ask for.
 */
@NullMarked
package io.freshet.runtime.daemon;

import org.jspecify.annotations.NullMarked;
