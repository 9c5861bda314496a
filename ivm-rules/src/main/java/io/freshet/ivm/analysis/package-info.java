/**
 * What the compiler has to know of a query before it writes SQL: its shape, why it has no delta, which of its columns identify a row, how
 * values of its types compare, where its rows lie. Plans come in, facts go out.
 */
@NullMarked
package io.freshet.ivm.analysis;

import org.jspecify.annotations.NullMarked;
