package io.freshet.it.docs;

import io.freshet.runtime.settings.Setting;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@code docs/settings.md} is the declaration of settings, written for people. */
class SettingsReferenceTest {

    @Test
    void theSettingsReferenceListsEverySetting() throws IOException {
        StringBuilder page = new StringBuilder(
                """
                # Settings

                The daemon reads its settings when it starts, from the database it serves:

                    ALTER DATABASE mydb SET pg_trickle.kept_epochs = 5000;

                or from its command line, which wins: `./freshet daemon --set kept_epochs=5000`. A name or a value that is wrong stops it
                with an error that says so.

                | Setting | Default | Type | Meaning |
                |---|---|---|---|
                """);
        for (Setting<?> setting : Setting.all()) {
            page.append("| `").append(setting.name()).append("` | ").append(setting.defaultText()).append(" | ")
                    .append(setting.type())
                    .append(" | ").append(setting.documentation()).append(" |\n");
        }
        Golden.check("docs/settings.md", page.toString());
    }
}
