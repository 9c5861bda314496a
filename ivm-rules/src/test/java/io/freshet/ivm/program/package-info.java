/** Pieces of programs. */
@NullMarked
package io.freshet.ivm.program;

import org.jspecify.annotations.NullMarked;
