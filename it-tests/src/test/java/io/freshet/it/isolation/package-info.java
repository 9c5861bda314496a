/**
 * Nodes that stop, lose their slots or their history: what does not need them goes on, the rest waits and catches up by itself.
 */
@NullMarked
package io.freshet.it.isolation;

import org.jspecify.annotations.NullMarked;
