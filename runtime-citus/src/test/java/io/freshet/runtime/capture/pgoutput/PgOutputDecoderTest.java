package io.freshet.runtime.capture.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Delete;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Insert;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.OldRow;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.Update;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Messages put together by hand, after the manual's chapter on the formats. */
class PgOutputDecoderTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void aTupleBecomesARunOfCopyFields() {
        Insert insert = (Insert) decode("49 00004001 4E 0003 62 00000004 0000002A 6E 62 00000002 6869");
        assertThat(insert.relation()).isEqualTo(0x4001);
        assertThat(insert.row().columns()).isEqualTo(3);
        assertThat(run(insert.row())).isEqualTo("00000004" + "0000002a" + "ffffffff" + "00000002" + "6869");
    }

    @Test
    void unchangedValuesComeFromTheOldRow() {
        Update update = (Update) decode("55 00000001 4F 0003 62 00000001 01 62 00000003 616263 6E"
                + " 4E 0003 62 00000001 02 75 62 00000001 09");
        WireTuple old = ((OldRow.Full) update.old()).row();
        byte[] target = new byte[64];
        int start = old.copyTo(target, 5);
        assertThat(update.row().hasUnchanged()).isTrue();
        int end = update.row().copyTo(target, start, target, 5);
        assertThat(HEX.formatHex(target, start, end)).isEqualTo("00000001" + "02" + "00000003" + "616263" + "00000001" + "09");
        assertThatThrownBy(() -> update.row().copyTo(target, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anUnchangedNullStaysNull() {
        Update update = (Update) decode("55 00000001 4F 0002 6E 62 00000000 4E 0002 75 75");
        byte[] target = new byte[64];
        int start = ((OldRow.Full) update.old()).row().copyTo(target, 0);
        int end = update.row().copyTo(target, start, target, 0);
        assertThat(HEX.formatHex(target, start, end)).isEqualTo("ffffffff" + "00000000");
    }

    @Test
    void tellsWhatIsKnownOfTheOldRow() {
        assertThat(((Update) decode("55 00000001 4E 0001 6E")).old()).isInstanceOf(OldRow.None.class);
        assertThat(((Update) decode("55 00000001 4B 0001 6E 4E 0001 6E")).old()).isInstanceOf(OldRow.Key.class);
        assertThat(((Delete) decode("44 00000001 4B 0001 6E")).old()).isInstanceOf(OldRow.Key.class);
        assertThat(((Delete) decode("44 00000001 4F 0001 6E")).old()).isInstanceOf(OldRow.Full.class);
    }

    @Test
    void findsTheFirstColumnWithoutABinaryForm() {
        WireTuple row = ((Insert) decode("49 00000001 4E 0003 6E 74 00000001 37 74 00000001 38")).row();
        assertThat(row.textColumn()).isEqualTo(1);
        assertThat(row.toString()).isEqualTo("[null, text 7, text 8]");
    }

    @Test
    void readsFromTheMiddleOfAnArray() {
        byte[] bytes = HEX.parseHex("ffffff" + "49000000014e000162000000012a" + "ffff");
        Insert insert = (Insert) PgOutputDecoder.decode(ByteBuffer.wrap(bytes, 3, bytes.length - 5).slice());
        assertThat(run(insert.row())).isEqualTo("00000001" + "2a");
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        assertThatThrownBy(() -> decode("53 00000001 01")).hasMessageContaining("unknown type S");
        assertThatThrownBy(() -> decode("49 00000001 4E 0001 78")).hasMessageContaining("unknown kind");
        assertThatThrownBy(() -> decode("49 00000001 4F 0001 6E")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> decode("49 00000001 4E 0002 6E")).hasMessageContaining("ends too early");
        assertThatThrownBy(() -> decode("49 00000001 4E 0001 62 000000FF 00")).hasMessageContaining("ends too early");
        assertThatThrownBy(() -> decode("42 0000")).hasMessageContaining("ends too early");
        assertThatThrownBy(() -> decode("43 01 0000000000000001 0000000000000002 0000000000000003"))
                .hasMessageContaining("flags");
    }

    private static PgOutputMessage decode(String hex) {
        return PgOutputDecoder.decode(ByteBuffer.wrap(HEX.parseHex(hex.replace(" ", ""))));
    }

    private static String run(WireTuple row) {
        byte[] target = new byte[row.copyLength()];
        assertThat(row.copyTo(target, 0)).isEqualTo(target.length);
        return HEX.formatHex(target);
    }
}
