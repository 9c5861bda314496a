package io.freshet.parser;

import io.freshet.parser.ast.PgTypeName;
import io.freshet.parser.grammar.PostgresParser.ExprContext;
import io.freshet.parser.grammar.PostgresParser.QueryContext;
import io.freshet.parser.grammar.PostgresParser.TypeNameContext;
import io.freshet.parser.text.Source;
import org.apache.calcite.sql.SqlNode;

/** The builders of one tree, which call each other: expressions hold queries and queries expressions. */
final class TreeBuilder {
    final Source source;
    final Names names;
    final Literals literals;
    final Types types;
    final Expressions expressions;
    final Operators operators;
    final Predicates predicates;
    final Primaries primaries;
    final Functions functions;
    final FromItems fromItems;
    final Windows windows;
    final Queries queries;

    TreeBuilder(Source source) {
        this.source = source;
        this.names = new Names(source);
        this.types = new Types(source, names);
        this.literals = new Literals(source, types);
        this.expressions = new Expressions(this);
        this.operators = new Operators(this);
        this.predicates = new Predicates(this);
        this.primaries = new Primaries(this);
        this.functions = new Functions(this);
        this.windows = new Windows(this);
        this.fromItems = new FromItems(this);
        this.queries = new Queries(this);
    }

    SqlNode query(QueryContext rule) {
        return queries.query(rule);
    }

    SqlNode expression(ExprContext rule) {
        return expressions.expression(rule);
    }

    PgTypeName type(TypeNameContext rule) {
        return types.type(rule);
    }

    /** The type as an operand. */
    SqlNode typeNode(TypeNameContext rule) {
        return type(rule).toNode(source.pos(rule));
    }
}
