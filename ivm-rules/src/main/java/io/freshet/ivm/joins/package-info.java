/**
 * Joins that are not co-located: a linear plan as regions of joined inputs, and for each input the chain in which its rows meet the others, with
 * what has to move on the way. Knows plans and placements; nothing of SQL text or tables of our own.
 */
@NullMarked
package io.freshet.ivm.joins;

import org.jspecify.annotations.NullMarked;
