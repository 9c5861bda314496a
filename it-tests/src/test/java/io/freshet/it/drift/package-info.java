/**
 * Proof by load: random transactions that never pause, stream tables of every kind over their tables, and an oracle that shares nothing with
 * the engine: the query itself, evaluated again.
 */
@NullMarked
package io.freshet.it.drift;

import org.jspecify.annotations.NullMarked;
