/**
 * The compiler's face: a stream table's definition and a catalog in; storage, programs and EXPLAIN out. Pure: no I/O, no JDBC.
 */
@NullMarked
package io.freshet.ivm;

import org.jspecify.annotations.NullMarked;
