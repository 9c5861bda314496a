/**
 * The DDL that describes a schema without a server: tables with their keys and placements, views, types, indexes. A script comes in as
 * text, as a person or pg_dump writes it, and goes out as {@link io.freshet.parser.schema.SchemaStatement}s in their order. What has no
 * meaning for a plan (comments, rights, functions, data, settings) is skipped; anything else that is not understood is an error.
 */
@NullMarked
package io.freshet.parser.schema;

import org.jspecify.annotations.NullMarked;
