/**
 * The words and rules of the SQL that Freshet reads: the ANTLR grammars (under {@code src/main/antlr4}), what the lexer needs beyond
 * rules, and the text that tokens point into. Offsets are UTF-16 code units everywhere.
 */
@NullMarked
package io.freshet.parser.grammar;

import org.jspecify.annotations.NullMarked;
