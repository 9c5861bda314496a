/**
 * Room for deep trees: every stage walks them by recursion. Depends on errors only; parser, planner and compiler do their work through it.
 */
@NullMarked
package io.freshet.parser.depth;

import org.jspecify.annotations.NullMarked;
