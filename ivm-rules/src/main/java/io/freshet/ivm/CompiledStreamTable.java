package io.freshet.ivm;

import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.util.List;
import java.util.Set;

/**
 * A definition compiled against one catalog snapshot. Immutable and safe for concurrent use; programs are made when first asked for and
 * kept.
 */
public interface CompiledStreamTable {

    StreamTableDefinition definition();

    /** {@link RefreshMode#DIFFERENTIAL} or {@link RefreshMode#FULL}, never AUTO. */
    RefreshMode mode();

    /** Why the mode is FULL although AUTO was asked for; empty otherwise. */
    List<FullRefreshReason> fullRefreshReasons();

    /** The base tables that the query reads, views expanded. */
    List<Table> sources();

    /** The sources, of {@link #sources()}, that all steps and {@link #verifySql()} read through their {@link Mirror}s. */
    List<Table> mirrored();

    /** What is kept and how its rows are found, for people. */
    String storage();

    /** Creates the stream table, its companion tables and indexes, and distributes them; in this order, in one transaction. */
    List<String> createStatements();

    /** Removes what {@link #createStatements()} made. */
    List<String> dropStatements();

    /** Empties the stream table and its companion tables, by DELETE: readers keep seeing the old rows until the epoch commits. */
    List<Step> clear();

    /** Fills the empty storage from the query. Runs inside an anchored epoch, after {@link #clear()} when there may be rows. */
    List<Step> populate();

    /**
     * The program for exactly this set of changed sources; in mode FULL clear and populate, for whatever set.
     *
     * @param changed a non-empty subset of the names of {@link #sources()}
     */
    DeltaProgram program(Set<TableName> changed);

    /**
     * One query with one bigint column: how many rows the stream table and its query differ by, as bags. 0 is right. Run it inside the
     * epoch, after the program.
     */
    String verifySql();
}
