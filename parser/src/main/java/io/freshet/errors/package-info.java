/**
 * Errors of every stage: one enumeration of stable codes, and the position in the user's SQL. Depends on nothing; every
 * other package may depend on it.
 */
@NullMarked
package io.freshet.errors;

import org.jspecify.annotations.NullMarked;
