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

    /** How a table lies that is not on the coordinator alone. */
    public sealed interface Distribution {

        /** By which column it is sharded, and beside which table; by itself without one. */
        record ByColumn(String column, Optional<TableName> beside) implements Distribution {
        }

        /** A reference table. */
        record OnEveryNode() implements Distribution {
        }

        private String statement(String table) {
            return switch (this) {
                case ByColumn by -> "SELECT create_distributed_table(" + table + ", " + Quoting.literal(by.column())
                        + ", colocate_with => " + by.beside().map(t -> Quoting.literal(Quoting.table(t))).orElse("'none'") + ")";
                case OnEveryNode everywhere -> "SELECT create_reference_table(" + table + ")";
            };
        }
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
        distribution.ifPresent(d -> statements.add(d.statement(Quoting.literal(table))));
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
