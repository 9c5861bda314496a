package io.freshet.ivm.program;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A table that the compiler makes. It is logged and has REPLICA IDENTITY FULL: an unlogged table, or one without an identity, in a
 * co-location group makes moves of the user's own shards fail.
 *
 * @param distribution empty for a table on the coordinator
 */
public record ManagedTable(TableName name, List<StoredColumn> columns, List<Index> indexes, Optional<Distribution> distribution) {

    /** An index. */
    public record Index(String name, List<String> columns, Uniqueness uniqueness) {
        public Index {
            columns = List.copyOf(columns);
        }
    }

    /** Whether NULLs of a unique index equal each other: they always do here. */
    public enum Uniqueness {
        UNIQUE,
        NOT_UNIQUE
    }

    /** By which column a table is sharded, and beside which table; by itself without one. */
    public record Distribution(String column, Optional<TableName> beside) {
    }

    public ManagedTable {
        columns = List.copyOf(columns);
        indexes = List.copyOf(indexes);
    }

    /** Creates it, in this order. */
    public List<String> createStatements() {
        String table = Quoting.table(name);
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + table + " ("
                + columns.stream().map(StoredColumn::definition).collect(Collectors.joining(",\n    ", "\n    ", "\n")) + ")");
        statements.add("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
        distribution.ifPresent(d -> statements.add("SELECT create_distributed_table(" + Quoting.literal(table) + ", "
                + Quoting.literal(d.column()) + ", colocate_with => "
                + d.beside().map(source -> Quoting.literal(Quoting.table(source))).orElse("'none'") + ")"));
        for (Index index : indexes) {
            boolean unique = index.uniqueness() == Uniqueness.UNIQUE;
            statements.add(
                    "CREATE " + (unique ? "UNIQUE " : "") + "INDEX " + Quoting.identifier(index.name()) + " ON " + table + " ("
                            + Sql.names(index.columns()) + ")" + (unique ? " NULLS NOT DISTINCT" : ""));
        }
        return statements;
    }

    /** Removes it. */
    public String dropStatement() {
        return "DROP TABLE IF EXISTS " + Quoting.table(name);
    }
}
