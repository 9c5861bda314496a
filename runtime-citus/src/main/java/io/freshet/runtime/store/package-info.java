/**
 * What the runtime remembers in the schema {@code pgtrickle}: stream tables, cuts, pending changes. Plain reads and writes; no decisions.
 */
@NullMarked
package io.freshet.runtime.store;

import org.jspecify.annotations.NullMarked;
