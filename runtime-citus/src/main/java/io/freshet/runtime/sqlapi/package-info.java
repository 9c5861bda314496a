/**
 * The schema {@code pgtrickle}: its migrations, and the way from its SQL functions to the daemon and back.
 */
@NullMarked
package io.freshet.runtime.sqlapi;

import org.jspecify.annotations.NullMarked;
