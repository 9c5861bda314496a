/**
 * What a newcomer does first: the quickstart in SQL, and {@code freshet demo}.
 */
@NullMarked
package io.freshet.it.quickstart;

import org.jspecify.annotations.NullMarked;
