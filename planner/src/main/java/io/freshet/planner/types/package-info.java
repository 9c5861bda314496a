/**
 * PostgreSQL's types: {@link io.freshet.planner.types.PgType} is the type of every column and expression of a plan,
 * {@link io.freshet.planner.types.PgTypes#text} its text, {@link io.freshet.planner.types.TypeCatalog} the types of one server.
 */
@NullMarked
package io.freshet.planner.types;

import org.jspecify.annotations.NullMarked;
