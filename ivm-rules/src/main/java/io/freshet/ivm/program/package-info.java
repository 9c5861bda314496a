/**
 * Storage and programs as SQL: one class for each way of keeping a stream table. Facts of {@code analysis} and deltas of {@code rules} come
 * in, tables and steps go out.
 *
 * <p>Every program first stages the net delta, then merges the stage, then empties it. The stage is a logged table beside the stream table:
 * so a step that reads a source or a change table is always an {@code INSERT .. SELECT} into the stage or a companion, which Citus can do
 * from anywhere to anywhere, and the others touch tables of one place only. No step has a CTE, EXCEPT or MERGE, and none joins on
 * {@code IS NOT DISTINCT FROM} alone, for which PostgreSQL has only nested loops: rows with a NULL in the key have a statement of their own.
 */
@NullMarked
package io.freshet.ivm.program;

import org.jspecify.annotations.NullMarked;
