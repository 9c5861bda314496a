package io.freshet.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.ConnectionUrl;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerAddressTest {

    @Test
    void theUrlWinsOverTheEnvironment() {
        ConnectionUrl url = ServerAddress.of(Optional.of("postgresql://ann@there:7000/db"),
                Map.of("PGUSER", "bob", "PGPASSWORD", "secret", "PGHOST", "elsewhere"));
        assertThat(url).hasToString("postgresql://ann@there:7000/db");
        assertThat(url.password()).contains("secret");
    }

    @Test
    void theEnvironmentAloneIsEnough() {
        assertThat(ServerAddress.of(Optional.empty(),
                Map.of("PGHOST", "h", "PGPORT", "6000", "PGUSER", "bob", "PGDATABASE", "shop")))
                .hasToString("postgresql://bob@h:6000/shop");
    }

    @Test
    void withoutAnythingItIsTheLocalServer() {
        assertThat(ServerAddress.of(Optional.empty(), Map.of())).hasToString(
                "postgresql://localhost:5432/" + System.getProperty("user.name"));
    }

    @Test
    void wrongValuesAreRefused() {
        assertThatThrownBy(() -> ServerAddress.of(Optional.of("mysql://x"), Map.of())).isInstanceOf(FreshetException.class);
        assertThatThrownBy(() -> ServerAddress.of(Optional.empty(), Map.of("PGPORT", "many")))
                .isInstanceOf(FreshetException.class).hasMessageContaining("'many'");
        assertThatThrownBy(() -> ServerAddress.of(Optional.empty(), Map.of("PGSERVICE", "no-such-service")))
                .isInstanceOf(FreshetException.class).hasMessageContaining("no-such-service");
    }
}
