package io.freshet.ivm;

import io.freshet.planner.catalog.TableName;
import java.util.Optional;

/**
 * What a user asks for.
 *
 * @param query the user's SELECT, to the letter: positions in errors refer to it, and the populate SQL is made of it
 */
public record StreamTableDefinition(TableName name, String query, RefreshMode mode, Output output) {

    /** @param distributionColumn an output column; empty for a table on the coordinator */
    public StreamTableDefinition(TableName name, String query, RefreshMode mode, Optional<String> distributionColumn) {
        this(name, query, mode, Output.by(distributionColumn));
    }

    /** The output column that shards the stream table, if one does. */
    public Optional<String> distributionColumn() {
        return output.distributionColumn();
    }
}
