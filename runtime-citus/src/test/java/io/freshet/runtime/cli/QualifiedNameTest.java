package io.freshet.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.FreshetException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QualifiedNameTest {

    @Test
    void namesAreReadAsSqlReadsThem() {
        assertThat(QualifiedName.parse("Orders")).containsExactly("orders");
        assertThat(QualifiedName.parse("Sales . \"Or\"\"ders.2\"")).containsExactly("sales", "Or\"ders.2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b.c", "a b", "1a", "\"\"", "a.", "\"a"})
    void whatIsNoNameIsRefused(String text) {
        assertThatThrownBy(() -> QualifiedName.parse(text)).isInstanceOf(FreshetException.class);
    }
}
