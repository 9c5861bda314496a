/** Programs on a real PostgreSQL, and what the compiler says of queries it has no programs for. */
@NullMarked
package io.freshet.ivm.compiler;

import org.jspecify.annotations.NullMarked;
