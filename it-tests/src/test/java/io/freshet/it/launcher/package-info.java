/**
 * The script {@code ./freshet}.
 */
@NullMarked
package io.freshet.it.launcher;

import org.jspecify.annotations.NullMarked;
