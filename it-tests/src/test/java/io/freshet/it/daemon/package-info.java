/**
 * The daemon as users run it: a process of its own, spoken to through the SQL functions.
 */
@NullMarked
package io.freshet.it.daemon;

import org.jspecify.annotations.NullMarked;
