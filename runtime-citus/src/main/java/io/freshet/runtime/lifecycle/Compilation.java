package io.freshet.runtime.lifecycle;

import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.print.Quoting;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** Compiles definitions against the server as it is now. */
@FunctionalInterface
public interface Compilation {

    /** Looks at the server once, for any number of definitions. */
    Session open() throws SQLException;

    /** The server as it was when the session was opened. Used by one thread. */
    interface Session extends AutoCloseable {

        /** @param searchPath quoted schema names, separated by commas */
        CompiledStreamTable compile(StreamTableDefinition definition, String searchPath) throws SQLException;

        @Override
        void close() throws SQLException;
    }

    /** The form in which the catalog keeps a search path. */
    static String join(List<String> searchPath) {
        return searchPath.stream().map(Quoting::identifier).collect(Collectors.joining(", "));
    }
}
