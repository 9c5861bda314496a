/**
 * No epoch shows one part of a distributed transaction and misses another.
 */
@NullMarked
package io.freshet.it.atomic;

import org.jspecify.annotations.NullMarked;
