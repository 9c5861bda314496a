package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {
    @ParameterizedTest
    @ValueSource(strings = {"0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF", "80000000/1"})
    void isWrittenAsItWasRead(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/1", "0/80000000", "1/0", "7FFFFFFF/FFFFFFFF", "80000000/0", "FFFFFFFF/FFFFFFFF"})
    void isOrderedWithoutSign(String text) {
        assertThat(Lsn.INVALID.isBefore(Lsn.parse(text))).isTrue();
        assertThat(Lsn.parse(text)).isLessThanOrEqualTo(Lsn.parse("FFFFFFFF/FFFFFFFF"));
        assertThat(new Lsn(Lsn.parse(text).value() - 1)).isLessThan(Lsn.parse(text));
    }
}
