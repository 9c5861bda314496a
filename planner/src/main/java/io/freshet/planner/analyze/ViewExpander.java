package io.freshet.planner.analyze;

import io.freshet.planner.analyze.Relations.NamedTable;
import org.apache.calcite.rel.RelNode;

/** Plans the definition of a view. */
interface ViewExpander {

    /** The view's plan; its columns are in the view's order, their types the view's. */
    RelNode expand(NamedTable view);
}
