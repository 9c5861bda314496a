/**
 * Nodes of the cluster and connections to them.
 */
@NullMarked
package io.freshet.runtime.topology;

import org.jspecify.annotations.NullMarked;
