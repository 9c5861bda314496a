package io.freshet.ivm.program;

import io.freshet.ivm.Step;
import io.freshet.planner.catalog.TableName;
import java.util.List;
import java.util.Set;

/** One way of keeping a stream table. Immutable. */
public interface Maintenance {

    /** The tables, the stream table first. */
    List<ManagedTable> tables();

    /** What is kept, for people: {@code rows by their key (id)}. */
    String description();

    /** Fills the empty tables. */
    List<Step> populate();

    /** The program for exactly these changed sources. */
    List<Step> program(Set<TableName> changed);
}
