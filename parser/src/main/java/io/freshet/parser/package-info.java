/**
 * The text stage of the front end: PostgreSQL's SELECT becomes a tree ({@link io.freshet.parser.ast}) with the position of every node.
 * Nothing is looked up and nothing is interpreted here. Depends on
 * {@link io.freshet.errors} only.
 */
@NullMarked
package io.freshet.parser;

import org.jspecify.annotations.NullMarked;
