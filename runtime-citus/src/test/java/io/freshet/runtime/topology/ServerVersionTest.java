package io.freshet.runtime.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerVersionTest {

    @ParameterizedTest
    @CsvSource({"150013, false, false", "160008, true, true", "160009, true, false", "170004, true, true", "170005, true, false",
            "180000, true, false"})
    void oldMinorsLoseChanges(int number, boolean isSupported, boolean losesChanges) {
        ServerVersion version = new ServerVersion(number, "any");
        assertThat(version.isSupported()).isEqualTo(isSupported);
        assertThat(version.losesChangesOfNewSources()).isEqualTo(losesChanges);
    }
}
