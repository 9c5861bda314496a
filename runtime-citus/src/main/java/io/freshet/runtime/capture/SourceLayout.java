package io.freshet.runtime.capture;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.RelationColumn;
import java.util.List;

/**
 * The columns that the tuples of a source have from one relation message to the next.
 *
 * @param relation the table's oid, on the node that sends: another one under the same name is another table
 */
record SourceLayout(TableName table, int relation, List<RelationColumn> columns) {
}
