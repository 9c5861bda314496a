package io.freshet.ivm.compiler;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Random writes into a few tables whose values are few, so that groups vanish and return, rows move, keys come back and duplicates occur;
 * with NULLs and with values that are equal but not identical.
 */
final class RandomWrites {
    static final String SCHEMA = """
                                                      CREATE TYPE address AS (street text, zip numeric);
                                 CREATE DOMAIN positive AS int CHECK (VALUE > 0);
                                 CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
                                                      CREATE TABLE orders (id int PRIMARY KEY, customer_id int, amount numeric(10,2), price numeric, qty int, big bigint,
                                                          small smallint, note text, ratio double precision, placed timestamp, data jsonb, span interval, flag boolean, m mood,
                                                          twice int GENERATED ALWAYS AS (small * 2) STORED);
                                                      CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, region int, code char(5), score numeric, joined date);
                                                      CREATE TABLE events (kind text, val int, w numeric, tags text[], doc json, home address, p positive,
                                     at point, moods mood[]);
                                                      CREATE TABLE pairs (a int, b int, v int, PRIMARY KEY (a, b));
                                                      CREATE TABLE "Odd ""Name" ("the ""Key" int PRIMARY KEY, "select" text, ":__pgt_epoch" int);
                                                      """;

    /** A table: its columns with the values they take. */
    private record Target(String name, List<Column> columns) {
    }

    private record Column(String name, List<String> values) {
    }

    private static final List<Target> TARGETS = List.of(
            new Target("orders", List.of(column("id", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"),
                    column("customer_id", "1", "2", "3", "4", "5", "NULL"),
                    column("amount", "0", "1.5", "10.25", "-3", "99999999.99", "'NaN'", "NULL"),
                    column("price", "1.0", "1.00", "2.5", "1e-20", "-2.5", "'NaN'", "'Infinity'", "'-Infinity'", "0", "NULL"),
                    column("qty", "0", "1", "2", "1000000000", "-5", "NULL"),
                    column("big", "1", "9223372036854775807", "-9223372036854775808", "NULL"),
                    column("small", "1", "32767", "-32768", "NULL"),
                    column("note", "'a'", "'b'", "''", "'it''s :__pgt_epoch'", "NULL"),
                    column("ratio", "0", "'-0'", "0.1", "1e300", "'NaN'", "'Infinity'", "NULL"),
                    column("placed", "'2020-01-01'", "'2020-01-02 10:00'", "'infinity'", "NULL"),
                    column("data", "'{\"a\": 1.0}'", "'{\"a\": 1.00}'", "'[1, null]'", "NULL"),
                    column("span", "'1 day'", "'24:00'", "'1 month'", "NULL"), column("flag", "true", "false", "NULL"),
                    column("m", "'sad'", "'ok'", "'happy'", "NULL"))),
            new Target("customers", List.of(column("id", "1", "2", "3", "4", "5", "6"), column("name", "'x'", "'y'", "'z'"),
                    column("region", "1", "2", "NULL"), column("code", "'ab'", "'c'", "NULL"),
                    column("score", "1.0", "1.00", "7", "NULL"),
                    column("joined", "'2020-01-01'", "'2021-02-03'", "NULL"))),
            new Target("events", List.of(column("kind", "'k1'", "'k2'", "NULL"), column("val", "1", "2", "NULL"),
                    column("w", "0.5", "0.50", "NULL"), column("tags", "'{a,b}'", "'{}'", "NULL"),
                    column("doc", "'{\"a\":1}'", "'{\"a\": 1}'", "NULL"),
                    column("home", "'(x,1.0)'::address", "'(x,1.00)'::address", "'(,)'::address", "NULL"),
                    column("p", "1", "2", "NULL"),
                    column("at", "'(1,2)'", "'(1,-0)'", "NULL"), column("moods", "'{sad,ok}'", "'{NULL}'", "NULL"))),
            new Target("pairs",
                    List.of(column("a", "1", "2", "3"), column("b", "1", "2", "3"), column("v", "1", "2", "3", "NULL"))),
            new Target("\"Odd \"\"Name\"",
                    List.of(column("\"the \"\"Key\"", "1", "2", "3"), column("\"select\"", "'x'", "'y'", "NULL"),
                            column("\":__pgt_epoch\"", "1", "2", "NULL"))));

    private final Random random;
    private final TestDatabase database;

    RandomWrites(Random random, TestDatabase database) {
        this.random = random;
        this.database = database;
    }

    /** One transaction over a random set of tables. */
    void transaction() throws SQLException {
        List<Target> targets = new ArrayList<>(TARGETS);
        Collections.shuffle(targets, random);
        List<Target> touched = targets.subList(0, 1 + random.nextInt(targets.size()));
        database.inTransaction(() -> {
            for (Target target : touched) {
                for (int i = random.nextInt(5); i >= 0; i--) {
                    write(target);
                }
            }
        });
    }

    private void write(Target target) throws SQLException {
        switch (random.nextInt(10)) {
            case 0, 1, 2,
                    3 ->
                database.execute("INSERT INTO " + target.name() + " (" + target.columns().stream().map(Column::name)
                        .collect(Collectors.joining(", ")) + ") VALUES ("
                        + target.columns().stream().map(this::value).collect(Collectors.joining(", "))
                        + ") ON CONFLICT DO NOTHING");
            case 4, 5, 6 -> {
                Column column = target.columns().get(random.nextInt(target.columns().size()));
                String key = target.columns().getFirst().name();
                boolean isKey = column.name().equals(key) || column.name().equals("b");
                database.execute(
                        "UPDATE " + target.name() + " SET " + column.name() + " = " + value(column) + " WHERE " + where(target)
                                + (isKey && !target.name().equals("events") ? " AND false" : ""));
            }
            case 7 -> moveKey(target);
            case 8 -> database.execute("DELETE FROM " + target.name() + " WHERE " + where(target));
            default -> {
                if (random.nextInt(8) == 0) {
                    database.execute("DELETE FROM " + target.name());
                }
            }
        }
    }

    /** A row that changes its key, which another one had a moment before. */
    private void moveKey(Target target) throws SQLException {
        Column key = target.columns().getFirst();
        String from = value(key);
        String to = value(key);
        if (!from.equals(to) && !from.equals("NULL") && !to.equals("NULL")) {
            database.execute("DELETE FROM " + target.name() + " WHERE " + key.name() + " = " + to);
            database.execute(
                    "UPDATE " + target.name() + " SET " + key.name() + " = " + to + " WHERE " + key.name() + " = " + from);
        }
    }

    private String where(Target target) {
        Column column = target.columns().get(random.nextInt(target.columns().size()));
        String value = value(column);
        // These types have no operator =.
        return Set.of("doc", "at").contains(column.name())
                ? column.name() + "::text = " + (value.equals("NULL") ? "'x'" : value)
                : column.name() + (value.equals("NULL") ? " IS NULL" : " = " + value);
    }

    private String value(Column column) {
        return column.values().get(random.nextInt(column.values().size()));
    }

    private static Column column(String name, String... values) {
        return new Column(name, List.of(values));
    }
}
