/**
 * The parser held to PostgreSQL's own: what binds what, which words are names, what literals mean, where errors are. Lives here and not
 * beside the parser because here is a server.
 */
@NullMarked
package io.freshet.planner.syntax;

import org.jspecify.annotations.NullMarked;
