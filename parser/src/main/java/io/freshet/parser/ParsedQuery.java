package io.freshet.parser;

import org.apache.calcite.sql.SqlNode;

/**
 * A query and its tree.
 *
 * @param sql the text, to the letter: the positions in {@code node} refer to it
 * @param node as {@link io.freshet.parser.ast} describes it
 */
public record ParsedQuery(String sql, SqlNode node) {
}
