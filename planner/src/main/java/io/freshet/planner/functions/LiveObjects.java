package io.freshet.planner.functions;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads {@link ServerObjects} from a server. */
public final class LiveObjects {

    private LiveObjects() {
    }

    public static ServerObjects load(Connection connection) throws SQLException {
        return CatalogRows.read(rows(connection));
    }

    static Map<CatalogQueries, List<List<String>>> rows(Connection connection) throws SQLException {
        Map<CatalogQueries, List<List<String>>> rows = new EnumMap<>(CatalogQueries.class);
        try (Statement statement = connection.createStatement()) {
            for (CatalogQueries query : CatalogQueries.all()) {
                try (ResultSet result = statement.executeQuery(query.sql())) {
                    rows.put(query, rows(result));
                }
            }
        }
        return rows;
    }

    private static List<List<String>> rows(ResultSet result) throws SQLException {
        int columns = result.getMetaData().getColumnCount();
        List<List<String>> rows = new ArrayList<>();
        while (result.next()) {
            List<String> row = new ArrayList<>(columns);
            for (int i = 1; i <= columns; i++) {
                String value = result.getString(i);
                row.add(value == null ? "" : value);
            }
            rows.add(row);
        }
        return rows;
    }
}
