/**
 * Which sources the streams follow, and whether their shards are still those that the streams know. In: Citus's catalog. Out: what must not be
 * believed any more, with the reason; and the premises on which an epoch rests.
 */
@NullMarked
package io.freshet.runtime.follow;

import org.jspecify.annotations.NullMarked;
