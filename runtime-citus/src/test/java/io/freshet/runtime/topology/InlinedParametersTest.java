package io.freshet.runtime.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class InlinedParametersTest {
    @Test
    void writesLiteralsWhereTheQuestionMarksAre() {
        assertThat(InlinedParameters.in("SELECT ? + ?, ?", 1, 2L, "it's \\ ?")).isEqualTo("SELECT 1 + 2, E'it''s \\\\ ?'");
    }

    @Test
    void leavesQuotedOnesAlone() {
        assertThat(InlinedParameters.in("SELECT 'what''s ?' || ?, '?'", "a")).isEqualTo("SELECT 'what''s ?' || 'a', '?'");
    }

    @Test
    void countsThem() {
        assertThatThrownBy(() -> InlinedParameters.in("SELECT ?", 1, 2)).hasMessage("2 values for 1 parameters");
    }
}
