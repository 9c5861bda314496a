/**
 * DDL on the sources of stream tables, and what is left behind when stream tables, or Freshet, go.
 */
@org.jspecify.annotations.NullMarked
package io.freshet.it.ddl;
