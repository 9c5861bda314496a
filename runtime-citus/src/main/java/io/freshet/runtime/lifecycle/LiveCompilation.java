package io.freshet.runtime.lifecycle;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.runtime.topology.Connections;
import java.sql.SQLException;

/** Compiles with the catalog of the coordinator. */
public final class LiveCompilation implements Compilation {
    private final Connections connections;

    public LiveCompilation(Connections connections) {
        this.connections = connections;
    }

    @Override
    public CompiledStreamTable compile(StreamTableDefinition definition, String searchPath) throws SQLException {
        throw new UnsupportedOperationException(connections.url().toString());
    }
}
