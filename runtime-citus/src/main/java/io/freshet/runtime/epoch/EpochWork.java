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
     * @param connection the anchored transaction; neither committed nor rolled back here, savepoints may be set
     * @param epoch the epoch's number
     * @param changes what each node adds
     * @return how many change rows were written
     */
    long run(Connection connection, long epoch, Collection<NodeChanges> changes) throws SQLException, IOException;
}
