package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerSizesTest {
    @Test
    void oneAtATimeIsLonger() {
        AnswerSizes sizes = new AnswerSizes(100);
        assertThat(sizes.borrow(false)).isEqualTo(100);
        int longer = sizes.borrow(true);
        assertThat(longer).isGreaterThan(100);
        assertThat(sizes.borrow(true)).isEqualTo(100);
        sizes.giveBack(100);
        assertThat(sizes.borrow(true)).isEqualTo(100);
        sizes.giveBack(longer);
        assertThat(sizes.borrow(true)).isEqualTo(longer);
    }
}
