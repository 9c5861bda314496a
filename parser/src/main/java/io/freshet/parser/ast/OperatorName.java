package io.freshet.parser.ast;

import java.util.Optional;

/**
 * The name of a PostgreSQL operator.
 *
 * @param schema given only by {@code OPERATOR(schema.symbol)}
 * @param symbol as PostgreSQL stores it: {@code <>} for {@code !=}, {@code ~~} for LIKE
 */
public record OperatorName(Optional<String> schema, String symbol) {

    /** An operator that is looked up along the search path. */
    public static OperatorName of(String symbol) {
        return new OperatorName(Optional.empty(), symbol);
    }

    public static OperatorName of(String schema, String symbol) {
        return new OperatorName(Optional.of(schema), symbol);
    }

    /** As it is written between operands. */
    @Override
    public String toString() {
        return schema.map(s -> "OPERATOR(\"" + s.replace("\"", "\"\"") + "\"." + symbol + ")").orElse(symbol);
    }
}
