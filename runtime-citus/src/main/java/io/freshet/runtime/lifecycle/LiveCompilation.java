package io.freshet.runtime.lifecycle;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.compiler.StreamTableCompiler;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.SQLException;

/** Compiles with the catalog of the coordinator. */
public final class LiveCompilation implements Compilation {
    private final Connections connections;

    public LiveCompilation(Connections connections) {
        this.connections = connections;
    }

    @Override
    public CompiledStreamTable compile(StreamTableDefinition definition, String searchPath) throws SQLException {
        try (Connection connection = connections.coordinator()) {
            Jdbc.first(connection, "SELECT set_config('search_path', ?, false)", row -> row.getString(1), searchPath);
            return StreamTableCompiler.over(LiveCatalog.load(connection)).compile(definition);
        }
    }
}
