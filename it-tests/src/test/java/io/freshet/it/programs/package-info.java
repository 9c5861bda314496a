/** Delta programs on a real Citus: what they compute, and where their steps run. */
@NullMarked
package io.freshet.it.programs;

import org.jspecify.annotations.NullMarked;
