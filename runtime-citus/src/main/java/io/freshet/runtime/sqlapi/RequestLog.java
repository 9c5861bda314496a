package io.freshet.runtime.sqlapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The table {@code pgt_requests}, and the secret. */
final class RequestLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** An older request than this is a message that the stream shows once more; a kept row, too, is needed for no longer. */
    private static final String MEMORY = "interval '1 hour'";

    private final DaemonSession session;

    RequestLog(DaemonSession session) {
        this.session = session;
    }

    Signature signature() {
        return session.call(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT inner_key, outer_key FROM pgtrickle.pgt_request_secret"); ResultSet row = query.executeQuery()) {
                row.next();
                return new Signature(row.getBytes(1), row.getBytes(2));
            }
        });
    }

    /** Removes the answers that nobody waits for any more. */
    void forget() {
        session.call(connection -> {
            try (PreparedStatement delete = connection.prepareStatement(
                    "DELETE FROM pgtrickle.pgt_requests WHERE answered_at < clock_timestamp() - " + MEMORY)) {
                return delete.executeUpdate();
            }
        });
    }

    /** Answers what earlier daemons left unanswered. */
    void cancelUnanswered() {
        FreshetException error = FreshetException.of(ErrorCode.DAEMON_NOT_RUNNING, "the daemon ended before it answered")
                .withHint("Look whether it was done: SELECT * FROM pgtrickle.pgt_status();");
        session.call(connection -> {
            try (PreparedStatement cancel = connection
                    .prepareStatement("""
                                      UPDATE pgtrickle.pgt_requests
                                      SET answered_at = clock_timestamp(), error_code = ?, sqlstate = ?, message = ?, hint = ?
                                      WHERE answered_at IS NULL
                                      """)) {
                cancel.setString(1, error.code().code());
                cancel.setString(2, SqlState.of(error.code()));
                cancel.setString(3, message(error));
                cancel.setString(4, error.hint().orElse(null));
                return cancel.executeUpdate();
            }
        });
    }

    /** Notes that a request has been received; false when it was before, as after the stream was read again. */
    boolean receive(Envelope envelope) {
        return session.call(connection -> {
            try (PreparedStatement insert = connection
                    .prepareStatement("""
                                      INSERT INTO pgtrickle.pgt_requests (request_id, incarnation, kind, role)
                                      SELECT ?, ?, ?, ? WHERE ?::timestamptz > clock_timestamp() - %s
                                      ON CONFLICT DO NOTHING
                                      """.formatted(MEMORY))) {
                insert.setObject(1, envelope.request());
                insert.setObject(2, envelope.incarnation());
                insert.setString(3, envelope.kind());
                insert.setString(4, envelope.role());
                insert.setString(5, envelope.sentAt());
                return insert.executeUpdate() == 1;
            }
        });
    }

    void answer(Envelope envelope, Answer answer) {
        session.call(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    """
                    UPDATE pgtrickle.pgt_requests
                    SET answered_at = clock_timestamp(), error_code = ?, sqlstate = ?, message = ?, detail = ?, hint = ?, notice = ?,
                        result = ?::jsonb
                    WHERE request_id = ? AND answered_at IS NULL
                    """)) {
                switch (answer) {
                    case Answer.Granted granted -> bind(update, granted);
                    case Answer.Refused refused -> bind(update, refused);
                }
                update.setObject(8, envelope.request());
                return update.executeUpdate();
            }
        });
    }

    private static void bind(PreparedStatement update, Answer.Granted granted) throws SQLException {
        bind(update, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), granted.notice(),
                Optional.of(json(granted)));
    }

    private static void bind(PreparedStatement update, Answer.Refused refused) throws SQLException {
        FreshetException error = refused.error();
        bind(update, Optional.of(error.code().code()), Optional.of(SqlState.of(error.code())), Optional.of(message(error)),
                refused.detail(), error.hint(), Optional.empty(), Optional.empty());
    }

    @SafeVarargs
    private static void bind(PreparedStatement update, Optional<String>... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            // A message can quote the user's text, but PostgreSQL's text has no NUL.
            update.setString(i + 1, values[i].map(text -> text.replace('\0', '?')).orElse(null));
        }
    }

    private static String message(FreshetException error) {
        return error.code().code() + ": " + error.getMessage() + error.position().map(p -> " (" + p + ")").orElse("");
    }

    private static String json(Answer.Granted granted) {
        try {
            return JSON.writeValueAsString(granted.result());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
