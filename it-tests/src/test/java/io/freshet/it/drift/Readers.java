package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Database;
import io.freshet.it.daemon.StreamTables;
import io.freshet.it.daemon.Together;
import java.util.List;

/** Stream tables that are right after each change of what they read. */
record Readers(Database database) {
    /** Each stream table equals its query at the cut of an epoch after the change, while writers write on. */
    void amongWriters(TableWriters writers, List<String> names, String change) {
        writers.awaitMore();
        Operation.perform(database, change);
        writers.awaitMore();
        StreamTables streamTables = new StreamTables(database);
        Together.forEach(names, name -> assertThat(streamTables.verify(name).differingRows()).as("%s after %s", name, change)
                .isZero());
    }

    /** Each stream table equals its query at the cut of an epoch after these changes, and a recompute. */
    void follow(List<String> names, String changes) {
        database.execute(changes);
        StreamTables streamTables = new StreamTables(database);
        for (String name : names) {
            streamTables.refresh(name);
            assertThat(streamTables.verify(name).differingRows()).as("%s after %s", name, changes).isZero();
            String query = database.value("SELECT query FROM pgtrickle.pgt_stream_tables WHERE table_name = '" + name + "'");
            Recompute.assertEqual(database, StreamTableCase.differential(name, query));
        }
    }
}
