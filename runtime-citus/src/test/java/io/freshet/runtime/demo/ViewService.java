package io.freshet.runtime.demo;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.service.StreamTableService;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** A service whose stream tables are views: always fresh, always right, unless it is told to lie. */
final class ViewService implements StreamTableService {
    /** What every comparison finds. */
    volatile long differingRows;

    private final Connections connections;

    ViewService(Connections connections) {
        this.connections = connections;
    }

    @Override
    public Optional<String> create(CreateRequest request) {
        TableName name = request.definition().name();
        execute("SET search_path = " + request.settings().searchPath(), "CREATE VIEW " + Quoting.table(name) + " AS "
                + request.definition().query(),
                """
                INSERT INTO pgtrickle.pgt_stream_tables (schema_name, table_name, query, requested_mode, refresh_mode, schedule,
                    owner_role)
                VALUES (%s, %s, 'SELECT', 'AUTO', 'FULL', 'calculated', current_user)
                """.formatted(Quoting.literal(name.schema()), Quoting.literal(name.name())));
        return Optional.empty();
    }

    @Override
    public void drop(TableName name, String role) {
        execute("DROP VIEW " + Quoting.table(name),
                "DELETE FROM pgtrickle.pgt_stream_tables WHERE table_name = " + Quoting.literal(name.name()));
    }

    @Override
    public long refresh(TableName name, String role) {
        return 1;
    }

    @Override
    public Verification verify(TableName name, String role) {
        return new Verification(name, 1, differingRows);
    }

    @Override
    public String explain(TableName name, String format) {
        return "";
    }

    @Override
    public List<StreamTableStatus> status() {
        return List.of();
    }

    private void execute(String... statements) {
        try (Connection connection = connections.coordinator()) {
            for (String statement : statements) {
                Jdbc.execute(connection, statement);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
