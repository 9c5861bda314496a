/**
 * Which stream tables an epoch refreshes, and how: the registry of stream tables, the changes they have not taken, the work of an epoch.
 */
@NullMarked
package io.freshet.runtime.refresh;

import org.jspecify.annotations.NullMarked;
