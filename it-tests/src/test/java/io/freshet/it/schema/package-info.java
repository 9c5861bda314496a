/**
 * The catalog of a schema script held against that of a Citus cluster which has run the script.
 */
@NullMarked
package io.freshet.it.schema;

import org.jspecify.annotations.NullMarked;
