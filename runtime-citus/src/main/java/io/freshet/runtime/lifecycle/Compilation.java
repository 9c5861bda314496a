package io.freshet.runtime.lifecycle;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.runtime.store.QuerySettings;
import java.sql.SQLException;

/** Compiles definitions against the server as it is now. */
@FunctionalInterface
public interface Compilation {

    /** Looks at the server once, for any number of definitions. */
    Session open() throws SQLException;

    /** The server as it was when the session was opened. Used by one thread. */
    interface Session extends AutoCloseable {

        /** @param settings with which the query's text is read */
        CompiledStreamTable compile(StreamTableDefinition definition, QuerySettings settings) throws SQLException;

        @Override
        void close() throws SQLException;
    }
}
