package io.freshet.ivm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepTest {

    @Test
    void placeholdersBecomeNumbers() {
        assertThat(bound("SELECT x FROM c WHERE e > :from_epoch AND e <= :epoch"))
                .isEqualTo("SELECT x FROM c WHERE e > 7 AND e <= 9");
    }

    @Test
    void stringsNamesCommentsAndCastsAreLeftAlone() {
        for (String text : new String[]{"':epoch'", "'it''s :epoch'", "E'\\':epoch'", "\":epoch\"", "$$ :epoch $$",
                "$a$ $$ :epoch $a$",
                "/* :epoch */", "x::epoch", "'a' || ':from_epoch'"}) {
            assertThat(bound("SELECT " + text + ", :epoch")).isEqualTo("SELECT " + text + ", 9");
        }
        assertThat(bound("SELECT 1 -- :epoch\n, :epoch")).isEqualTo("SELECT 1 -- :epoch\n, 9");
    }

    @Test
    void aPlaceholderEndsWithItsWord() {
        assertThat(bound("SELECT :epochs")).isEqualTo("SELECT :epochs");
    }

    @Test
    void aLiteralMayBeLong() {
        for (String text : new String[]{"'" + "x''".repeat(50_000) + "'", "E'" + "\\\\'".repeat(50_000) + "'",
                "\"" + "x".repeat(100_000) + "\"", "date'\\' || ''"}) {
            assertThat(bound(text + ", :epoch")).isEqualTo(text + ", 9");
        }
    }

    private static String bound(String sql) {
        return new Step("", sql, Strategy.COORDINATOR).bind(7, 9);
    }
}
