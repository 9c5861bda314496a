package io.freshet.ivm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepTest {

    @Test
    void placeholdersBecomeNumbers() {
        assertThat(bound("SELECT x FROM c WHERE e > :__pgt_from_epoch AND e <= :__pgt_epoch"))
                .isEqualTo("SELECT x FROM c WHERE e > 7 AND e <= 9");
    }

    @Test
    void stringsNamesCommentsAndCastsAreLeftAlone() {
        for (String text : new String[]{"':__pgt_epoch'", "'it''s :__pgt_epoch'", "E'\\':__pgt_epoch'", "\":__pgt_epoch\"",
                "$$ :__pgt_epoch $$",
                "$a$ $$ :__pgt_epoch $a$",
                "/* :__pgt_epoch */", "x::__pgt_epoch", "'a' || ':__pgt_from_epoch'"}) {
            assertThat(bound("SELECT " + text + ", :__pgt_epoch")).isEqualTo("SELECT " + text + ", 9");
        }
        assertThat(bound("SELECT 1 -- :__pgt_epoch\n, :__pgt_epoch")).isEqualTo("SELECT 1 -- :__pgt_epoch\n, 9");
    }

    /** Names that begin with __pgt_ are Freshet's own, so that a bound of a slice cannot be taken for a placeholder. */
    @Test
    void aSliceOfAnArrayIsLeftAlone() {
        assertThat(bound("SELECT a[1:epoch], a[1:from_epoch]")).isEqualTo("SELECT a[1:epoch], a[1:from_epoch]");
    }

    @Test
    void aPlaceholderEndsWithItsWord() {
        assertThat(bound("SELECT :epochs")).isEqualTo("SELECT :epochs");
    }

    @Test
    void aLiteralMayBeLong() {
        for (String text : new String[]{"'" + "x''".repeat(50_000) + "'", "E'" + "\\\\'".repeat(50_000) + "'",
                "\"" + "x".repeat(100_000) + "\"", "date'\\' || ''"}) {
            assertThat(bound(text + ", :__pgt_epoch")).isEqualTo(text + ", 9");
        }
    }

    private static String bound(String sql) {
        return new Step("", sql, Strategy.COORDINATOR, Step.WhenEmpty.GO_ON).bind(7, 9);
    }
}
