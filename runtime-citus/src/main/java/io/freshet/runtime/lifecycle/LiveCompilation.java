package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCategory;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.QueryDescription;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.ivm.compiler.StreamTableCompiler;
import io.freshet.planner.catalog.Catalog;
import io.freshet.planner.catalog.SnapshotCatalog;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.live.LiveCatalog;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.QuerySettings;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compiles with the catalog of the coordinator, and with its word on each query. */
public final class LiveCompilation implements Compilation {
    private final Connections connections;

    public LiveCompilation(Connections connections) {
        this.connections = connections;
    }

    @Override
    public Session open() throws SQLException {
        Connection connection = connections.coordinator();
        try {
            return new LiveSession(connection, LiveCatalog.load(connection));
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** The catalog of a server with many tables takes a while to read, so it is read once. */
    private static final class LiveSession implements Session {
        private final Connection connection;
        private final Catalog catalog;
        private final Map<List<String>, StreamTableCompiler> compilers = new HashMap<>();

        LiveSession(Connection connection, Catalog catalog) {
            this.connection = connection;
            this.catalog = catalog;
        }

        @Override
        public CompiledStreamTable compile(StreamTableDefinition definition, QuerySettings settings) throws SQLException {
            settings.apply(connection, QuerySettings.Scope.SESSION);
            List<String> schemas = Jdbc.list(connection,
                    "SELECT s FROM unnest(current_schemas(false)) WITH ORDINALITY AS p (s, i) ORDER BY i",
                    row -> row.getString(1));
            StreamTableCompiler compiler = compilers.computeIfAbsent(schemas, this::compilerFor);
            if (!ServerDescription.canBeGiven(definition.query())) {
                return compiler.compile(definition);
            }
            return compiler.compile(definition, described(compiler, definition));
        }

        private StreamTableCompiler compilerFor(List<String> searchPath) {
            List<Table> tables = catalog.names().stream().flatMap(name -> catalog.table(name).stream()).toList();
            return StreamTableCompiler.over(new SnapshotCatalog(catalog.objects(), searchPath, tables));
        }

        private QueryDescription described(StreamTableCompiler compiler, StreamTableDefinition definition) throws SQLException {
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

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
