/**
 * Statements about stream tables, for the command line and scripts:
 * <pre>
 * CREATE [OR REPLACE] STREAM TABLE [IF NOT EXISTS] name [WITH (option = value, ..)] AS query
 * ALTER STREAM TABLE name SET (option = value, ..) | PAUSE | RESUME | AS query
 * DROP STREAM TABLE [IF EXISTS] name [CASCADE | RESTRICT]
 * REFRESH STREAM TABLE name
 * EXPLAIN [(FORMAT TEXT | JSON)] { STREAM TABLE name | CREATE STREAM TABLE .. }
 * </pre>
 * They come in as text and go out as {@link io.freshet.parser.statement.StreamTableStatement}s; the query inside stays text with its
 * offset, so that errors in it have their place in the statement.
 */
@NullMarked
package io.freshet.parser.statement;

import org.jspecify.annotations.NullMarked;
