package io.freshet.runtime.epoch;

import io.freshet.runtime.capture.NodeChanges;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/** What an epoch does between reading the changes and COMMIT, in the anchored transaction. */
@FunctionalInterface
public interface EpochWork {

    /**
     * Takes locks in the transaction that has just begun and has no snapshot yet: what they protect is in every snapshot that the epoch takes
     * as it will be until the epoch ends. Must not run anything that takes a snapshot.
     */
    default void lock(Connection connection) throws SQLException {
    }

    /**
     * @param connection the anchored transaction; neither committed nor rolled back here, savepoints may be set
     * @param epoch the epoch's number
     * @param changes what each node adds
     * @return how many change rows were written
     */
    long run(Connection connection, long epoch, Collection<NodeChanges> changes) throws SQLException, IOException;
}
