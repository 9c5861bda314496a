package io.freshet.runtime.capture;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.RelationColumn;
import java.util.List;

/** The columns that the tuples of a source have from one relation message to the next. */
record SourceLayout(TableName table, List<RelationColumn> columns) {
}
