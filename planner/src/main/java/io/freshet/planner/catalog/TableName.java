package io.freshet.planner.catalog;

/** A relation's name, always with its schema, both as PostgreSQL stores them (unquoted, case kept). */
public record TableName(String schema, String name) implements Comparable<TableName> {

    @Override
    public int compareTo(TableName other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    /** For messages and logs, without quotes; SQL takes {@code Quoting.table}. */
    @Override
    public String toString() {
        return schema + "." + name;
    }
}
