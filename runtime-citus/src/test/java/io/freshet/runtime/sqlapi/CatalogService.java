package io.freshet.runtime.sqlapi;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.service.StreamTableService;
import io.freshet.runtime.topology.Connections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** A service without an engine: it keeps stream tables in the catalog, refuses some queries, and remembers what it was asked. */
public final class CatalogService implements StreamTableService {
    final BlockingQueue<CreateRequest> created = new LinkedBlockingQueue<>();
    final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    /** A refresh does not end before this is open. */
    volatile CountDownLatch gate = new CountDownLatch(0);

    private final Connections connections;

    public CatalogService(Connections connections) {
        this.connections = connections;
    }

    @Override
    public Optional<String> create(CreateRequest request) {
        String query = request.definition().query();
        int wrong = query.indexOf("orderz");
        if (wrong >= 0) {
            throw FreshetException.of(ErrorCode.UNDEFINED_TABLE, "table \"orderz\" does not exist")
                    .withHint("Perhaps you mean \"orders\".").at(SourcePosition.of(query, wrong));
        }
        if (query.contains("defect")) {
            throw new IllegalStateException("broken invariant");
        }
        created.add(request);
        TableName name = request.definition().name();
        update("""
               INSERT INTO pgtrickle.pgt_stream_tables (schema_name, table_name, query, requested_mode, refresh_mode, schedule,
                   owner_role, status, last_error)
               VALUES (?, ?, 'SELECT', 'AUTO', 'FULL', 'calculated', ?, 'ACTIVE', 'division by zero')
               """, name.schema(), name.name(), request.role());
        return query.contains("LIMIT") ? Optional.of("refreshed in full: LIMIT has no rule") : Optional.empty();
    }

    @Override
    public void drop(TableName name, String role) {
        calls.add("drop " + name);
        update("DELETE FROM pgtrickle.pgt_stream_tables WHERE schema_name = ? AND table_name = ?", name.schema(), name.name());
    }

    @Override
    public long refresh(TableName name, String role) {
        calls.add("refresh " + name);
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return 42;
    }

    @Override
    public Verification verify(TableName name, String role) {
        return new Verification(name, 43, 0);
    }

    @Override
    public String explain(TableName name, String format) {
        return "explain " + name + " as " + format;
    }

    @Override
    public List<StreamTableStatus> status() {
        return List.of();
    }

    void update(String sql, String... values) {
        try (Connection connection = connections.coordinator(); PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
