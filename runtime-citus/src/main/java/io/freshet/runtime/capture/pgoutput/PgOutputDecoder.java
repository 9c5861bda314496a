package io.freshet.runtime.capture.pgoutput;

import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Begin;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.BeginPrepare;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Commit;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.CommitPrepared;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Delete;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Insert;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Message;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.OldRow;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Origin;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Prepare;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Relation;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.RelationColumn;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.RollbackPrepared;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Truncate;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Type;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Update;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes messages of {@code pgoutput}, protocol versions 3 and 4, with streaming off. The formats are those of "Logical Replication Message
 * Formats" in PostgreSQL's manual. Stateless.
 */
public final class PgOutputDecoder {
    private static final int TIME = Long.BYTES;
    private static final int TRANSACTIONAL = 1;
    private static final OldRow NO_OLD_ROW = new OldRow.None();

    private PgOutputDecoder() {
    }

    /**
     * Decodes one message. Rows of the result are views of the buffer's array.
     *
     * @param buffer one message from its type byte to its end, backed by an array
     * @throws IllegalArgumentException the bytes are not a message
     */
    public static PgOutputMessage decode(ByteBuffer buffer) {
        byte type = buffer.get();
        try {
            return switch (type) {
                case 'I' -> insert(buffer);
                case 'U' -> update(buffer);
                case 'D' -> delete(buffer);
                case 'B' -> begin(buffer);
                case 'C' -> commit(buffer);
                case 'b' -> beginPrepare(buffer);
                case 'P' -> prepare(buffer);
                case 'K' -> commitPrepared(buffer);
                case 'r' -> rollbackPrepared(buffer);
                case 'R' -> relation(buffer);
                case 'Y' -> new Type(buffer.getInt(), schema(buffer), string(buffer));
                case 'T' -> truncate(buffer);
                case 'M' -> message(buffer);
                case 'O' -> new Origin(buffer.getLong(), string(buffer));
                default -> throw new IllegalArgumentException("message of unknown type " + (char) type);
            };
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("message of type " + (char) type + " ends too early", e);
        }
    }

    private static Begin begin(ByteBuffer in) {
        long commitLsn = in.getLong();
        skip(in, TIME);
        return new Begin(commitLsn, in.getInt());
    }

    private static Commit commit(ByteBuffer in) {
        noFlags(in);
        return new Commit(in.getLong(), in.getLong());
    }

    private static BeginPrepare beginPrepare(ByteBuffer in) {
        long prepareLsn = in.getLong();
        long endLsn = in.getLong();
        skip(in, TIME);
        return new BeginPrepare(prepareLsn, endLsn, in.getInt(), string(in));
    }

    private static Prepare prepare(ByteBuffer in) {
        noFlags(in);
        long prepareLsn = in.getLong();
        long endLsn = in.getLong();
        skip(in, TIME);
        return new Prepare(prepareLsn, endLsn, in.getInt(), string(in));
    }

    private static CommitPrepared commitPrepared(ByteBuffer in) {
        noFlags(in);
        long commitLsn = in.getLong();
        long endLsn = in.getLong();
        skip(in, TIME);
        return new CommitPrepared(commitLsn, endLsn, in.getInt(), string(in));
    }

    private static RollbackPrepared rollbackPrepared(ByteBuffer in) {
        noFlags(in);
        long prepareEndLsn = in.getLong();
        long endLsn = in.getLong();
        skip(in, TIME + TIME);
        return new RollbackPrepared(prepareEndLsn, endLsn, in.getInt(), string(in));
    }

    private static Relation relation(ByteBuffer in) {
        int oid = in.getInt();
        String schema = schema(in);
        String name = string(in);
        char identity = (char) in.get();
        int count = Short.toUnsignedInt(in.getShort());
        List<RelationColumn> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            skip(in, 1); // whether it belongs to the replica identity
            columns.add(new RelationColumn(string(in), in.getInt(), in.getInt()));
        }
        return new Relation(oid, schema, name, identity, List.copyOf(columns));
    }

    private static Insert insert(ByteBuffer in) {
        int relation = in.getInt();
        expect('N', in.get());
        return new Insert(relation, tuple(in));
    }

    private static Update update(ByteBuffer in) {
        int relation = in.getInt();
        byte kind = in.get();
        if (kind == 'N') {
            return new Update(relation, NO_OLD_ROW, tuple(in));
        }
        OldRow old = oldRow(kind, in);
        expect('N', in.get());
        return new Update(relation, old, tuple(in));
    }

    private static Delete delete(ByteBuffer in) {
        return new Delete(in.getInt(), oldRow(in.get(), in));
    }

    private static OldRow oldRow(byte kind, ByteBuffer in) {
        return switch (kind) {
            case 'O' -> new OldRow.Full(tuple(in));
            case 'K' -> new OldRow.Key(tuple(in));
            default -> throw new IllegalArgumentException("row of unknown kind " + (char) kind);
        };
    }

    private static WireTuple tuple(ByteBuffer in) {
        WireTuple tuple = WireTuple.at(in.array(), in.arrayOffset() + in.position());
        int end = tuple.end() - in.arrayOffset();
        if (end > in.limit()) {
            throw new BufferUnderflowException();
        }
        in.position(end);
        return tuple;
    }

    private static Truncate truncate(ByteBuffer in) {
        int count = in.getInt();
        skip(in, 1); // CASCADE, RESTART IDENTITY
        List<Integer> relations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            relations.add(in.getInt());
        }
        return new Truncate(List.copyOf(relations));
    }

    private static Message message(ByteBuffer in) {
        Message.Scope scope = (in.get() & TRANSACTIONAL) == 0 ? Message.Scope.NONE : Message.Scope.TRANSACTION;
        long lsn = in.getLong();
        String prefix = string(in);
        byte[] content = new byte[in.getInt()];
        in.get(content);
        return new Message(scope, lsn, prefix, content);
    }

    /** A schema's name; the empty string stands for {@code pg_catalog}. */
    private static String schema(ByteBuffer in) {
        String name = string(in);
        return name.isEmpty() ? "pg_catalog" : name;
    }

    private static String string(ByteBuffer in) {
        int start = in.position();
        while (in.get() != 0) {
            // up to the terminator
        }
        return new String(in.array(), in.arrayOffset() + start, in.position() - start - 1, StandardCharsets.UTF_8);
    }

    private static void noFlags(ByteBuffer in) {
        byte flags = in.get();
        if (flags != 0) {
            throw new IllegalArgumentException("unknown flags " + flags);
        }
    }

    private static void expect(char kind, byte actual) {
        if (actual != kind) {
            throw new IllegalArgumentException("row of kind " + (char) actual + " where " + kind + " belongs");
        }
    }

    private static void skip(ByteBuffer in, int bytes) {
        in.position(in.position() + bytes);
    }
}
