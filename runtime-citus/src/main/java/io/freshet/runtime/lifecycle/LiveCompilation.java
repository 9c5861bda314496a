package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCategory;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.QueryDescription;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.compiler.StreamTableCompiler;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Compiles with the catalog of the coordinator, and with its word on the query. */
public final class LiveCompilation implements Compilation {
    private final Connections connections;

    public LiveCompilation(Connections connections) {
        this.connections = connections;
    }

    @Override
    public CompiledStreamTable compile(StreamTableDefinition definition, String searchPath) throws SQLException {
        try (Connection connection = connections.coordinator()) {
            Jdbc.first(connection, "SELECT set_config('search_path', ?, false)", row -> row.getString(1), searchPath);
            StreamTableCompiler compiler = StreamTableCompiler.over(LiveCatalog.load(connection));
            if (!ServerDescription.canBeGiven(definition.query())) {
                return compiler.compile(definition);
            }
            return compiler.compile(definition, described(connection, compiler, definition));
        }
    }

    private static QueryDescription described(Connection connection, StreamTableCompiler compiler,
            StreamTableDefinition definition)
            throws SQLException {
        try {
            return ServerDescription.of(connection, definition.query());
        } catch (FreshetException refused) {
            throw ownError(compiler, definition).orElse(refused);
        }
    }

    /** Where Freshet refuses the query for the same reason, its own words are better: they name the cure. */
    private static Optional<FreshetException> ownError(StreamTableCompiler compiler, StreamTableDefinition definition) {
        try {
            compiler.compile(definition);
            return Optional.empty();
        } catch (FreshetException own) {
            return Optional.of(own).filter(e -> e.code().category() == ErrorCategory.USER);
        }
    }
}
