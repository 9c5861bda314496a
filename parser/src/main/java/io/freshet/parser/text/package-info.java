/**
 * SQL text as words with positions: what the query's tree, the stream-table statements and the schema scripts are all made from. Errors
 * are {@link io.freshet.errors.FreshetException}s at a position of the whole text.
 */
@NullMarked
package io.freshet.parser.text;

import org.jspecify.annotations.NullMarked;
