/**
 * The runtime: everything that talks to a server. Concerns are packages below this one.
 */
@NullMarked
package io.freshet.runtime;

import org.jspecify.annotations.NullMarked;
