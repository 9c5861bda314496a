/** Tests of the compiler's face. */
@NullMarked
package io.freshet.ivm;

import org.jspecify.annotations.NullMarked;
