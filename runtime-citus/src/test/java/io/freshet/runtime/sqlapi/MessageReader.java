package io.freshet.runtime.sqlapi;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;

/** Hands every freshet.request message of a database to a consumer, from a slot of its own, on a thread of its own. */
public final class MessageReader implements AutoCloseable {
    private final Connection connection;
    private final Thread thread;
    private volatile boolean closing;

    public MessageReader(Connection connection, Consumer<byte[]> consumer) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE PUBLICATION message_reader");
            statement.execute("SELECT pg_create_logical_replication_slot('message_reader', 'pgoutput')");
        }
        thread = Thread.ofPlatform().name("message-reader").start(() -> read(consumer));
    }

    private void read(Consumer<byte[]> consumer) {
        while (!closing) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement
                            .executeQuery("""
                                          SELECT data FROM pg_logical_slot_get_binary_changes('message_reader', NULL, NULL,
                                              'proto_version', '1', 'publication_names', 'message_reader', 'messages', 'true')
                                          """)) {
                while (row.next()) {
                    ByteBuffer data = ByteBuffer.wrap(row.getBytes(1));
                    if (data.get() == 'M') {
                        accept(data, consumer);
                    }
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void accept(ByteBuffer data, Consumer<byte[]> consumer) {
        data.position(data.position() + Byte.BYTES + Long.BYTES);
        StringBuilder prefix = new StringBuilder();
        for (byte b = data.get(); b != 0; b = data.get()) {
            prefix.append((char) b);
        }
        byte[] content = new byte[data.getInt()];
        data.get(content);
        if (prefix.toString().equals("freshet.request")) {
            consumer.accept(content);
        }
    }

    @Override
    public void close() throws Exception {
        closing = true;
        thread.join();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_drop_replication_slot('message_reader')");
            statement.execute("DROP PUBLICATION message_reader");
        }
        connection.close();
    }
}
