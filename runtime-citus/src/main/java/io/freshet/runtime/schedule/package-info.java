/**
 * When a stream table is due.
 */
@NullMarked
package io.freshet.runtime.schedule;

import org.jspecify.annotations.NullMarked;
