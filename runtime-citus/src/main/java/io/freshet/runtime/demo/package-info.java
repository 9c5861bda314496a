/**
 * The demonstration: tables, writers that never pause, stream tables that follow them, a measure of how fresh these are, and the proof that
 * they are right. It uses the SQL functions as any client does, and a daemon in this process where none is running.
 */
@NullMarked
package io.freshet.runtime.demo;

import org.jspecify.annotations.NullMarked;
