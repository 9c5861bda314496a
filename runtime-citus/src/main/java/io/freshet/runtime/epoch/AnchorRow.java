package io.freshet.runtime.epoch;

import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;

/**
 * A row of an anchor table that lies on a certain worker. A function called in a query of that row alone runs on the worker, in the
 * transaction's own connection and snapshot there; a sub-query would run on the coordinator.
 *
 * @param key as text
 */
record AnchorRow(TableName table, String key) {

    /** A query that evaluates the function call on the worker. */
    String select(String call) {
        return "SELECT " + call + " FROM " + Quoting.table(table) + " WHERE k = " + Quoting.literal(key);
    }
}
