package io.freshet.it.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import org.junit.jupiter.api.Test;

/** A daemon without stream tables takes its slots and publication with it when it ends. */
class DaemonEndIT {

    @Test
    void whatItCannotTakeAwayDoesNotKeepIt() {
        try (Database database = Clusters.postgres().createDatabase("ending")) {
            DaemonProcess daemon = DaemonProcess.start(database);
            database.execute("DROP SCHEMA pgtrickle CASCADE");
            daemon.close();
            assertThat(daemon.log()).contains("closing: ").contains("does not exist");
        }
    }
}
