/**
 * The anchored epoch: one transaction that holds one snapshot per node, takes the changes which those snapshots see, moves the due stream
 * tables to that cut, and commits. In: capture, programs. Out: a committed cut.
 */
@NullMarked
package io.freshet.runtime.epoch;

import org.jspecify.annotations.NullMarked;
