/**
 * What the meaning of a query hangs on - tables, columns, views, functions, the publication - and whether it is still as it was. Reads system
 * catalogs only; what becomes of a stream table whose sources were altered is decided in {@code lifecycle}.
 */
@NullMarked
package io.freshet.runtime.definition;

import org.jspecify.annotations.NullMarked;
