package io.freshet.runtime.sqlapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.store.Jdbc;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** The table {@code pgt_requests}, and the secret. */
final class RequestLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** An older request than this is a message that the stream shows once more; a kept row, too, is needed for no longer. */
    private static final String MEMORY = "interval '1 hour'";
    private static final String FINISH = """
                                         UPDATE pgtrickle.pgt_requests
                                         SET answered_at = clock_timestamp(), error_code = ?, sqlstate = ?, message = ?, detail = ?, hint = ?, notice = ?,
                                             result = ?::jsonb
                                         WHERE answered_at IS NULL
                                         """;

    private final DaemonSession session;

    RequestLog(DaemonSession session) {
        this.session = session;
    }

    Signature signature() {
        return session.call(connection -> Jdbc.first(connection, "SELECT inner_key, outer_key FROM pgtrickle.pgt_request_secret",
                row -> new Signature(row.getBytes(1), row.getBytes(2)))).orElseThrow();
    }

    /** Removes the answers that nobody waits for any more. */
    void forget() {
        session.call(connection -> Jdbc.update(connection,
                "DELETE FROM pgtrickle.pgt_requests WHERE answered_at < clock_timestamp() - " + MEMORY));
    }

    /** Answers what earlier daemons left unanswered. */
    void cancelUnanswered() {
        Answer answer = Answer.Refused.of(FreshetException
                .of(ErrorCode.DAEMON_NOT_RUNNING, "the daemon ended before it answered")
                .withHint("Look whether it was done: SELECT * FROM pgtrickle.pgt_status();"));
        session.call(connection -> Jdbc.update(connection, FINISH, columns(answer)));
    }

    /** Notes that a request has been received; false when it was before, as after the stream was read again. */
    boolean receive(Envelope envelope) {
        return session.call(connection -> Jdbc.update(connection,
                """
                INSERT INTO pgtrickle.pgt_requests (request_id, incarnation, kind, role)
                SELECT ?, ?, ?, ? WHERE ?::timestamptz > clock_timestamp() - %s
                ON CONFLICT DO NOTHING
                """.formatted(MEMORY), envelope.request(), envelope.incarnation(), envelope.kind(), envelope.role(),
                envelope.sentAt())) == 1;
    }

    void answer(Envelope envelope, Answer answer) {
        Object[] columns = columns(answer);
        Object[] parameters = Arrays.copyOf(columns, columns.length + 1);
        parameters[columns.length] = envelope.request();
        session.call(connection -> Jdbc.update(connection, FINISH + " AND request_id = ?", parameters));
    }

    private static Object[] columns(Answer answer) {
        return switch (answer) {
            case Answer.Granted granted -> new Object[]{Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                    Optional.empty(), text(granted.notice()), json(granted.result())};
            case Answer.Refused refused -> columns(refused.error(), refused.detail());
        };
    }

    private static Object[] columns(FreshetException error, Optional<String> detail) {
        return new Object[]{error.code().code(), SqlState.of(error.code()), text(Optional.of(message(error))), text(detail),
                text(error.hint()), Optional.empty(), Optional.empty()};
    }

    /** A message can quote the user's text, but PostgreSQL's text has no NUL. */
    private static Optional<String> text(Optional<String> text) {
        return text.map(t -> t.replace('\0', '?'));
    }

    private static String message(FreshetException error) {
        return error.code().code() + ": " + error.getMessage() + error.position().map(p -> " (" + p + ")").orElse("");
    }

    private static String json(Map<String, Object> result) {
        try {
            return JSON.writeValueAsString(result);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
