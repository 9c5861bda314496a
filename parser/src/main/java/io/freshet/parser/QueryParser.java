package io.freshet.parser;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.depth.DeepStack;
import io.freshet.parser.grammar.PostgresParser;
import io.freshet.parser.text.Source;
import org.antlr.v4.runtime.Token;
import org.apache.calcite.sql.SqlNode;

/** Reads PostgreSQL 17's SELECT, VALUES, TABLE and WITH. Safe for use by many threads. */
public final class QueryParser {
    private QueryParser() {
    }

    /**
     * The tree of the one query in {@code sql}; a semicolon may follow it.
     *
     * @throws FreshetException SYNTAX_ERROR, EMPTY_QUERY, MULTIPLE_STATEMENTS, UNSUPPORTED_SYNTAX or TOO_DEEP, with the position
     */
    public static ParsedQuery parse(String sql) {
        Source source = Source.of(sql);
        Token first = source.firstToken();
        if (first.getType() == Token.EOF) {
            throw FreshetException.of(ErrorCode.EMPTY_QUERY, "the text holds no query").at(source.position(first));
        }
        source.dropFinalSemicolon();
        return new ParsedQuery(sql, DeepStack.call(() -> tree(source)));
    }

    /**
     * The text of a query without the semicolon that ends it and what follows, which can only be comments in a text that {@link #parse} reads.
     *
     * @throws FreshetException SYNTAX_ERROR for a text that is not even a row of tokens
     */
    public static String withoutSemicolon(String sql) {
        return Source.of(sql).semicolon().map(end -> sql.substring(0, end)).orElse(sql).strip();
    }

    private static SqlNode tree(Source source) {
        SqlNode tree = new TreeBuilder(source).query(source.parse(PostgresParser::singleQuery).query());
        TreeDepth.check(tree, source);
        return tree;
    }

    /** The type that {@code text} names, as a query or a column definition would: {@code numeric(10,2)[]}. */
    public static PgTypeName parseType(String text) {
        return parseType(Source.of(text));
    }

    /** The type that is all of a part of a statement. */
    public static PgTypeName parseType(Source source) {
        return new TreeBuilder(source).type(source.parse(PostgresParser::singleTypeName).typeName());
    }
}
