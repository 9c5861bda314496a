package io.freshet.it.daemon;

import io.freshet.it.cluster.Database;
import io.freshet.planner.print.Quoting;

/** The SQL functions of a database that a daemon serves. */
public record StreamTables(Database database) {

    /** @param differingRows 0 when the stream table equals its query at the cut of {@code epoch} */
    public record Verification(long epoch, long differingRows) {
    }

    /**
     * Creates a stream table.
     *
     * @param options further arguments, as {@code schedule => '1s'}
     */
    public void create(String name, String query, String... options) {
        StringBuilder arguments = new StringBuilder(Quoting.literal(name)).append(", ").append(Quoting.literal(query));
        for (String option : options) {
            arguments.append(", ").append(option);
        }
        database.rows("SELECT pgtrickle.create_stream_table(" + arguments + ")");
    }

    public void drop(String name) {
        database.rows("SELECT pgtrickle.drop_stream_table(" + Quoting.literal(name) + ")");
    }

    /** Returns the epoch that the stream table is at then. */
    public long refresh(String name) {
        return Long.parseLong(database.value("SELECT pgtrickle.refresh_stream_table(" + Quoting.literal(name) + ")"));
    }

    public Verification verify(String name) {
        String[] found = database
                .value("SELECT epoch, differing_rows FROM pgtrickle.verify_stream_table(" + Quoting.literal(name) + ")")
                .split("\\|");
        return new Verification(Long.parseLong(found[0]), Long.parseLong(found[1]));
    }

    /** DIFFERENTIAL or FULL, and for FULL the reason that was recorded. */
    public String mode(String name) {
        return database.value("SELECT refresh_mode || coalesce(': ' || full_refresh_reason, '') FROM pgtrickle.pgt_status()"
                + " WHERE name = " + Quoting.literal("public." + Quoting.identifier(name)));
    }

    /** What is wrong with any stream table, a line each. */
    public java.util.List<String> errors() {
        return database.rows("SELECT name, status, last_error FROM pgtrickle.pgt_status() WHERE last_error IS NOT NULL");
    }

    /** The last committed epoch. */
    public long epoch() {
        return Long.parseLong(database.value("SELECT epoch FROM pgtrickle.pgt_anchor_local"));
    }
}
