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

    /** @param searchPath quoted schema names, separated by commas */
    CompiledStreamTable compile(StreamTableDefinition definition, String searchPath) throws SQLException;

    /** The form in which the catalog keeps a search path. */
    static String join(List<String> searchPath) {
        return searchPath.stream().map(Quoting::identifier).collect(Collectors.joining(", "));
    }
}
